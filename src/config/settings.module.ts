// Provides the settings to every module.
import { type DynamicModule, Global, type InjectionToken, Module } from '@nestjs/common';
import { completeSettings, type GivenSettings } from './load-settings.js';
import { Settings } from './settings.js';

/** Where the settings come from. */
export interface SettingsModuleOptions extends Pick<DynamicModule, 'imports' | 'providers'> {
  /** The token of what is given of them, which `providers` provide. */
  readonly given: InjectionToken;
  /** Whether tokens are checked with a key of the settings. */
  readonly tokenKey: boolean;
}

@Global()
@Module({})
export class SettingsModule {
  /** @throws SettingsError when the application is created */
  static forRoot({ imports = [], providers = [], given, tokenKey }: SettingsModuleOptions): DynamicModule {
    const settings = { provide: Settings, inject: [given], useFactory: (values: GivenSettings) => completeSettings(values, { tokenKey }) };
    return { module: SettingsModule, imports, providers: [...providers, settings], exports: [Settings] };
  }
}
