// Marks a controller or a route with the scope it needs.
import { Reflector } from '@nestjs/core';
import { type Scope } from './principal.js';

/**
 * The scope that {@link BearerGuard} demands; on a method it replaces the class's. `admin` fulfils every demand.
 *
 * @publicApi
 */
export const RequireScope = Reflector.createDecorator<Scope>();
