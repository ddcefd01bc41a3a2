import { BearerGuard, ChatErrorFilter, CurrentPrincipal, type Principal } from '@chatapi/delivery';
import { Body, Controller, ForbiddenException, Param, Patch, Post, UseFilters, UseGuards } from '@nestjs/common';
import { STAFF_SCOPE } from '../support/staff-room-authorizer.js';
import type { Order } from './order.js';
import { OrdersService } from './orders.service.js';

/** The shop's own routes, behind the tokens that `/ws` takes. */
@Controller('orders')
@UseGuards(BearerGuard)
@UseFilters(ChatErrorFilter)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  place(@CurrentPrincipal() { clientId }: Principal, @Body() { item }: { item: string }): Promise<Order> {
    return this.orders.place(clientId, item);
  }

  @Patch(':id')
  advance(@CurrentPrincipal() { scopes }: Principal, @Param('id') id: string, @Body() { status }: Pick<Order, 'status'>): Promise<Order> {
    if (!scopes.has(STAFF_SCOPE)) throw new ForbiddenException();
    return this.orders.advance(id, status);
  }
}
