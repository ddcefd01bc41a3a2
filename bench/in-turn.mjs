// Many calls, some of them at a time.

/** Calls `work(item, index)` for each item, `concurrency` at a time; resolves when all have resolved. */
export async function inTurn(items, work, concurrency = 64) {
  let next = 0;
  const some = async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, some));
}
