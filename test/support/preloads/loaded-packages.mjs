// For `node --import`: says on standard error which files of @opentelemetry the process loads, as modules of whichever kind.
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
Module._load = function (request, ...rest) {
  if (request.startsWith('@opentelemetry/')) writeSync(2, `loaded ${request}\n`);
  return load.call(this, request, ...rest);
};
