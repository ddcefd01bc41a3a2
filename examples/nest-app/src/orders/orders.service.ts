import { randomUUID } from 'node:crypto';
import { NotificationPublisher, RoomsService, servicePrincipal } from '@chatapi/delivery';
import { Injectable, NotFoundException } from '@nestjs/common';
import type { Order } from './order.js';

/** In whose name this service makes rooms and publishes. */
const SHOP = servicePrincipal('shop');

/** Takes orders, and tells whoever is in an order's room what becomes of it. */
@Injectable()
export class OrdersService {
  private readonly orders = new Map<string, Order>();

  constructor(
    private readonly rooms: RoomsService,
    private readonly publisher: NotificationPublisher,
  ) {}

  async place(customer: string, item: string): Promise<Order> {
    const order: Order = { id: `order-${randomUUID()}`, customer, item, status: 'placed' };
    await this.rooms.create(SHOP, { id: order.id, name: item, members: [customer] });
    this.orders.set(order.id, order);
    return order;
  }

  /** Resolves when the notification is durable: the customer gets it, connected or not. */
  async advance(id: string, status: Order['status']): Promise<Order> {
    const order = this.orders.get(id);
    if (order === undefined) throw new NotFoundException(`There is no order ${id}`);
    const changed = { ...order, status };
    this.orders.set(id, changed);
    await this.publisher.publishNotification({
      tenant: SHOP.tenant,
      target: { roomId: id },
      type: 'order.status',
      data: { order_id: id, status },
      sender: SHOP.clientId,
    });
    return changed;
  }
}
