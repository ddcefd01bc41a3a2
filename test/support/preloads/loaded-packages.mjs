// For `node --import`: says on standard error which files of @opentelemetry the process loads, as modules of whichever kind,
// and, of CommonJS, for whom.
import { writeSync } from 'node:fs';
import { Module, register } from 'node:module';

register(
  `data:text/javascript,${encodeURIComponent(`
    import { writeSync } from 'node:fs';
    export function load(url, context, next) {
      if (url.includes('/@opentelemetry/')) writeSync(2, 'loaded ' + url + '\\n');
      return next(url, context);
    }`)}`,
);

const { _load: load } = Module;
Module._load = function (request, parent, ...rest) {
  if (request.startsWith('@opentelemetry/')) writeSync(2, `loaded ${request} by ${parent?.filename ?? 'nobody'}\n`);
  return load.call(this, request, parent, ...rest);
};
