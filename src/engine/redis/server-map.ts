// Which server writes what.
import { hashSlot } from './hash-slot.js';

/** Hash slots and the servers that write them, by address. */
export class ServerMap {
  private only: string | undefined;
  private readonly slots: (string | undefined)[] = [];

  /** One server that writes everything. */
  static whole(address: string): ServerMap {
    const map = new ServerMap();
    map.only = address;
    return map;
  }

  /** The slots from the first through the last are this server's. */
  assign(from: number, to: number, address: string): void {
    for (let slot = from; slot <= to; slot++) this.slots[slot] = address;
  }

  /** The same but for one slot. */
  with(slot: number, address: string): ServerMap {
    const map = new ServerMap();
    map.slots.push(...this.slots);
    map.assign(slot, slot, address);
    return map;
  }

  /** All servers that write. */
  get masters(): string[] {
    return this.only === undefined ? [...new Set(this.slots.filter((address) => address !== undefined))] : [this.only];
  }

  /** The server of a key or channel; undefined when nobody has its slot. */
  masterOf(name: string): string | undefined {
    return this.only ?? this.slots[hashSlot(name)];
  }

  /** Whether both say the same. */
  equals(other: ServerMap): boolean {
    if (this.only !== undefined || other.only !== undefined) return this.only === other.only;
    const length = Math.max(this.slots.length, other.slots.length);
    for (let slot = 0; slot < length; slot++) if (this.slots[slot] !== other.slots[slot]) return false;
    return true;
  }
}
