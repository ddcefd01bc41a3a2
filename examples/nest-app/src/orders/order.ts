/** An order, as the shop keeps it. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly item: string;
  readonly status: 'placed' | 'shipped' | 'delivered';
}
