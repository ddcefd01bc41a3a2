// Counting objects in a heap snapshot of V8 (`v8.writeHeapSnapshot`): one snapshot counts every class, where `v8.queryObjects` walks
// the heap once a class.
import { readFile } from 'node:fs/promises';

/** The part of the format that is needed: nodes are rows of numbers, whose columns and types are named in `meta`. */
interface HeapSnapshot {
  snapshot: { meta: { node_fields: string[]; node_types: string[][] } };
  nodes: number[];
  strings: string[];
}

/** The number of objects of each class, by its name. */
export async function countInstances<Name extends string>(file: string, classes: readonly Name[]): Promise<Record<Name, number>> {
  const { snapshot, nodes, strings } = JSON.parse(await readFile(file, 'utf8')) as HeapSnapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const typeAt = fields.indexOf('type');
  const nameAt = fields.indexOf('name');
  const objectType = types[typeAt].indexOf('object');
  const counts = Object.fromEntries(classes.map((name) => [name, 0])) as Record<Name, number>;
  const byString = new Map(classes.map((name) => [strings.indexOf(name), name]));
  for (let row = 0; row < nodes.length; row += fields.length) {
    if (nodes[row + typeAt] !== objectType) continue;
    const name = byString.get(nodes[row + nameAt]);
    if (name !== undefined) counts[name]++;
  }
  return counts;
}
