// What stands in for the platform's reply where a controller is asked by itself.
/** A reply that notes what a controller says beside the body. */
export class NotedReply {
  readonly headers = new Map<string, string>();
  code = 200;

  header(name: string, value: string): void {
    this.headers.set(name, value);
  }

  status(code: number): void {
    this.code = code;
  }
}
