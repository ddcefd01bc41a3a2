// Which clients are in which room, for the peers that keep it themselves.

export class Rooms {
  members = new Map();

  /** Enters the room that the upgrade's URL names (`?room=`). */
  enter(client, url) {
    const room = new URL(url, 'ws://peer').searchParams.get('room');
    if (!this.members.has(room)) this.members.set(room, new Set());
    this.members.get(room).add(client);
    client.room = room;
  }

  leave(client) {
    this.members.get(client.room)?.delete(client);
  }

  isEmpty(room) {
    return (this.members.get(room)?.size ?? 0) === 0;
  }

  of(room) {
    return this.members.get(room) ?? [];
  }
}
