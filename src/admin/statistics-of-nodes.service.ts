// The numbers of all processes, one by one.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { nodeNameOf, Settings } from '../config/index.js';
import { DeliveryEngine } from '../engine/index.js';
import { type Statistics, StatisticsService } from '../metrics/index.js';

/** The numbers of one process. */
export interface NodeStatistics extends Statistics {
  /** NODE_NAME; unlike any other's as long as nobody gives two processes the same. */
  node: string;
}

/** The numbers of all. */
export interface StatisticsAnswer {
  /** The process that was asked comes first. */
  nodes: NodeStatistics[];
  /** Processes that live, as far as is known, and did not answer in time. */
  silent_nodes: number;
}

/** What the processes ask each other. */
const STATISTICS = 'statistics';

@Injectable()
export class StatisticsOfNodes implements OnModuleInit {
  constructor(
    @Inject(Settings) private readonly settings: Settings,
    @Inject(StatisticsService) private readonly statistics: StatisticsService,
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
  ) {}

  onModuleInit(): void {
    this.engine.nodes.answer(STATISTICS, () => this.here());
  }

  /** @throws ChatError `STORE_UNAVAILABLE` when the others cannot be asked */
  async all(): Promise<StatisticsAnswer> {
    const [here, { answers, silent }] = await Promise.all([this.here(), this.engine.nodes.ask(STATISTICS, {})]);
    return { nodes: [here, ...(answers as NodeStatistics[])], silent_nodes: silent };
  }

  private async here(): Promise<NodeStatistics> {
    return { node: nodeNameOf(this.settings), ...(await this.statistics.now()) };
  }
}
