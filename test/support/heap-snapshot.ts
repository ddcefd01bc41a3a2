// What a heap snapshot of V8 (`v8.writeHeapSnapshot`) holds: one snapshot counts every class, where `v8.queryObjects` walks the heap once
// a class.
import { readFile } from 'node:fs/promises';

/** The part of the format that is needed: nodes are rows of numbers, whose columns and types are named in `meta`. */
interface HeapSnapshot {
  snapshot: { meta: { node_fields: string[]; node_types: string[][] } };
  nodes: number[];
  strings: string[];
}

/** What a snapshot shows. */
export interface HeapContents<Name extends string> {
  /** The number of objects of each class, by its name. */
  instances: Record<Name, number>;
  /** What everything in the heap takes but compiled code, of which there is more the longer a process runs; bytes. */
  dataBytes: number;
}

/** Counts the objects of some classes, and the memory of all that is data. */
export async function readHeapContents<Name extends string>(file: string, classes: readonly Name[]): Promise<HeapContents<Name>> {
  const { snapshot, nodes, strings } = JSON.parse(await readFile(file, 'utf8')) as HeapSnapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [typeAt, nameAt, sizeAt] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field));
  const [objectType, codeType] = ['object', 'code'].map((type) => types[typeAt].indexOf(type));
  const instances = Object.fromEntries(classes.map((name) => [name, 0])) as Record<Name, number>;
  const byString = new Map(classes.map((name) => [strings.indexOf(name), name]));
  let dataBytes = 0;
  for (let row = 0; row < nodes.length; row += fields.length) {
    if (nodes[row + typeAt] !== codeType) dataBytes += nodes[row + sizeAt];
    const name = nodes[row + typeAt] === objectType ? byString.get(nodes[row + nameAt]) : undefined;
    if (name !== undefined) instances[name]++;
  }
  return { instances, dataBytes };
}
