// Promises that have no more than a certain time.

/** Whether a promise is fulfilled within a time, in ms; a rejection is an answer too late. */
export async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    // What has come while this process was busy is in time: it is read between a timer and setImmediate.
    timer = setTimeout(() => setImmediate(resolve, false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
