// The health indicator of delivery.
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { CanaryService } from './canary.service.js';

/** Up while canary notifications return. */
@Injectable()
export class DeliveryHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly canary: CanaryService,
  ) {}

  check(): HealthIndicatorResult {
    const session = this.indicators.check('delivery');
    const { problem } = this.canary;
    return problem === undefined ? session.up({ round_trip_ms: this.canary.roundTripMs }) : session.down({ message: problem });
  }
}
