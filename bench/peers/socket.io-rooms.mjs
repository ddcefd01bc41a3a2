// The peer: Socket.IO 4, WebSocket only, a broadcast to a room. Nothing stored, nobody authenticated, nothing acknowledged.
import { Server } from 'socket.io';
import { messageOf } from './message.mjs';
import { createPublishServer, listen } from './requests.mjs';

const server = createPublishServer((room, content) => {
  const { type, data } = messageOf(room, content);
  io.to(room).emit(type, data);
  return data;
});
const io = new Server(server, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => socket.join(socket.handshake.query.room));
listen(server);
