import type { ChatDeliveryOptionsFactory, GivenSettings } from '@chatapi/delivery';
import { Injectable } from '@nestjs/common';

/** Where the settings come from; what is not named has its default. */
@Injectable()
export class ShopConfig implements ChatDeliveryOptionsFactory {
  createChatDeliveryOptions(): GivenSettings {
    return {
      jwtSecret: process.env.SHOP_SECRET,
      dataDir: process.env.SHOP_DATA_DIR ?? './data',
      queueMaxPerClient: 500,
    };
  }
}
