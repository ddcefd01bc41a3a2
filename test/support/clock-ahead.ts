// Processes whose clocks are wrong.

/** Arguments for Node that put a process's clock ahead, by less than nothing behind, ms. */
export function withClockAhead(ms: number): readonly string[] {
  return ms === 0 ? [] : ['--import', `data:text/javascript,const{now}=Date;Date.now=()=>now()+(${ms})`];
}
