// Which hash slot of a cluster a key or channel is on.

const SLOTS = 16_384;
/** CRC16 in the variant XMODEM: its polynomial, and the results of all single bytes. */
const POLYNOMIAL = 0x1021;
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
  return crc;
});

/** The slot of a name: that of its part in braces, if it has one (Redis Cluster specification, "Key distribution model"). */
export function hashSlot(name: string): number {
  const begin = name.indexOf('{');
  const end = begin < 0 ? -1 : name.indexOf('}', begin + 1);
  let crc = 0;
  for (const byte of Buffer.from(end > begin + 1 ? name.slice(begin + 1, end) : name)) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ byte];
  return crc % SLOTS;
}
