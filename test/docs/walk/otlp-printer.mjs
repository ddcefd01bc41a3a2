// A collector in a terminal: listens for OTLP over HTTP where collectors do, and prints the spans that come, one a line.
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

const PORT = 4318;

/** Bytes of a field whose type says how long it is. */
const FIXED = { 1: 8, 5: 4 };

/**
 * What a Protocol Buffers message has under a number, as far as that is bytes (https://protobuf.dev/programming-guides/encoding).
 *
 * @param {Buffer} message
 * @returns {(number: number) => Buffer[]}
 */
function fieldsOf(message) {
  const fields = new Map();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 0) varint();
    else {
      const length = FIXED[type] ?? varint();
      if (type === 2) fields.set(number, [...(fields.get(number) ?? []), message.subarray(at, at + length)]);
      at += length;
    }
  }
  return (number) => fields.get(number) ?? [];
}

/** Trace, name and service of each span of an `ExportTraceServiceRequest` (https://github.com/open-telemetry/opentelemetry-proto). */
function* linesOf(request) {
  for (const resourceSpans of fieldsOf(request)(1).map(fieldsOf)) {
    const attributes = resourceSpans(1).flatMap((resource) => fieldsOf(resource)(1)).map(fieldsOf);
    const service = attributes.find((attribute) => String(attribute(1)[0]) === 'service.name');
    for (const scopeSpans of resourceSpans(2).map(fieldsOf)) {
      for (const span of scopeSpans(2).map(fieldsOf)) {
        yield `${span(1)[0].toString('hex')} ${span(5)[0]} of ${fieldsOf(service(2)[0])(1)[0]}`;
      }
    }
  }
}

createServer((request, response) => {
  void buffer(request).then((body) => {
    const isExport = request.method === 'POST' && request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf';
    if (isExport) for (const line of linesOf(body)) console.log(line);
    response.writeHead(isExport ? 200 : 415, { 'Content-Type': 'application/x-protobuf' }).end();
  });
}).listen(PORT, () => console.log('waiting for spans'));
