import { Controller, Get } from '@nestjs/common';
import { OnlineCustomers } from './online-customers.js';

@Controller('customers')
export class CustomersController {
  constructor(private readonly online: OnlineCustomers) {}

  @Get('online')
  list(): string[] {
    return this.online.names();
  }
}
