// Seats of peers, where whoever knows a room's name may sit in it.

/** A seat for each member of each room: what `seatFor(room, client)` says, with the room and the client's name. */
export function seatsOf(rooms, members, seatFor) {
  const seats = [];
  for (let room = 0; room < rooms; room++) {
    for (let member = 0; member < members; member++) {
      const client = `c${room}_${member}`;
      seats.push({ ...seatFor(room, client), room, client });
    }
  }
  return seats;
}
