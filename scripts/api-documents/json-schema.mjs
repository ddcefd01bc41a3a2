// TypeScript's types as JSON Schema (2020-12): named ones become components, the rules of their fields come along.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { rulesOf } from './class-rules.mjs';
import { examplesOfType, withFacts } from './field-facts.mjs';

const { TypeFlags } = ts;

export class JsonSchemas {
  /** What was referred to, by name. */
  components = {};
  #symbols = new Map();

  /** @param references Where components are found, such as `#/components/schemas/`. */
  constructor(declarations, references = '#/components/schemas/') {
    this.declarations = declarations;
    this.checker = declarations.checker;
    this.references = references;
  }

  /** The schema of a type. `owner` and `field`: what it is the type of. */
  async of(type, owner = '', field = '') {
    const text = textOf(type);
    if (text !== undefined) return this.of(text, owner, field);
    const name = this.#nameOf(type);
    if (name !== undefined) return this.#referTo(name, type);
    const declared = type.isUnion() || this.declarations.fileOf(type.symbol) === undefined || type.symbol.name.startsWith('__') ? owner : type.symbol.name;
    const schema = await this.#structure(type, declared, field);
    return field === '' ? schema : withFacts(schema, owner, field);
  }

  /** The schema of what a name stands for. */
  ofName(name) {
    return this.of(this.declarations.typeOf(name));
  }

  /** Takes a component out that nothing refers to. */
  take(name) {
    const { [name]: taken, ...rest } = this.components;
    this.components = rest;
    this.#symbols.delete(name);
    return taken;
  }

  async #referTo(name, type) {
    const symbol = type.aliasSymbol ?? type.symbol;
    const known = this.#symbols.get(name);
    if (known !== undefined && known !== symbol) throw new Error(`Two types are called ${name}`);
    if (known === undefined) {
      this.#symbols.set(name, symbol);
      const description = this.declarations.commentOf(symbol).text;
      // The place is taken before its parts are looked at, which may refer to it.
      this.components[name] = {};
      const examples = examplesOfType(name);
      Object.assign(this.components[name], { ...(description !== '' && { description }), ...(await this.#structure(type, symbol.name)), ...(examples !== undefined && { examples }) });
    }
    return { $ref: this.references + name };
  }

  /** The component's name of a type that is declared by one; undefined for others. */
  #nameOf(type) {
    const symbol = type.aliasSymbol ?? type.symbol;
    if (symbol === undefined || symbol.name.startsWith('__') || this.declarations.fileOf(symbol) === undefined) return undefined;
    const given = type.aliasSymbol === undefined ? this.checker.getTypeArguments(type) : (type.aliasTypeArguments ?? []);
    if (given.length === 0) return symbol.name;
    const [argument] = given;
    const argumentName = argument.symbol === undefined || argument.symbol.name.startsWith('__') ? undefined : argument.symbol.name;
    // A page of rooms is a RoomAnswerPage; what else is generic is known by its own content.
    return given.length === 1 && argumentName !== undefined ? `${argumentName}${symbol.name.replace(/Answer$/, '')}` : undefined;
  }

  async #structure(type, owner, field = '') {
    const { flags } = type;
    if (flags & (TypeFlags.Any | TypeFlags.Unknown)) return {};
    if (flags & TypeFlags.Null) return { type: 'null' };
    if (flags & (TypeFlags.StringLiteral | TypeFlags.NumberLiteral)) return { const: type.value };
    if (flags & TypeFlags.BooleanLiteral) return { const: type.intrinsicName === 'true' };
    if (flags & (TypeFlags.String | TypeFlags.TemplateLiteral)) return { type: 'string' };
    if (flags & TypeFlags.Number) return { type: 'number' };
    if (flags & TypeFlags.Boolean) return { type: 'boolean' };
    if (type.isUnion()) return this.#union(type.types, owner, field);
    if (this.checker.isArrayType(type)) return { type: 'array', items: await this.of(this.checker.getTypeArguments(type)[0], owner) };
    if (flags & (TypeFlags.Object | TypeFlags.Intersection)) return this.#object(type, owner || field);
    throw new Error(`No schema for ${this.checker.typeToString(type)} (${owner}.${field})`);
  }

  async #union(types, owner, field) {
    const nullable = types.some(({ flags }) => flags & TypeFlags.Null);
    const literals = types.filter((type) => type.isStringLiteral() || type.isNumberLiteral()).map(({ value }) => value);
    const booleans = types.filter(({ flags }) => flags & TypeFlags.BooleanLiteral);
    const others = types.filter((type) => !(type.flags & (TypeFlags.Null | TypeFlags.Undefined | TypeFlags.BooleanLiteral)) && !literals.includes(type.value));
    const schemas = [];
    for (const other of others) schemas.push(await this.of(other, owner));
    if (booleans.length === 2) schemas.push({ type: 'boolean' });
    else if (booleans.length === 1) schemas.push({ const: booleans[0].intrinsicName === 'true' });
    // Any string, and some that are known.
    const open = schemas.find(({ type }) => type === 'string');
    if (literals.length > 0 && open !== undefined) open.examples = literals;
    else if (literals.length > 0) schemas.push(literals.length === 1 ? { const: literals[0] } : { type: typeof literals[0], enum: literals });
    if (!nullable) return schemas.length === 1 ? schemas[0] : { anyOf: schemas };
    if (schemas.length === 1 && schemas[0].type !== undefined) {
      const [{ type, ...rest }] = schemas;
      return { type: [type, 'null'], ...rest, ...(rest.enum !== undefined && { enum: [...rest.enum, null] }) };
    }
    return { anyOf: [...schemas, { type: 'null' }] };
  }

  async #object(type, owner) {
    const index = this.checker.getIndexInfosOfType(type).find(({ keyType }) => keyType.flags & TypeFlags.String);
    if (index !== undefined && index.type.flags & TypeFlags.Never) return { type: 'object', maxProperties: 0 };
    const rules = await this.#rules(type);
    const properties = {};
    const required = [];
    for (const property of inheritedFirst(type, this.checker.getPropertiesOfType(type))) {
      const { name } = property;
      const optional = Boolean(property.flags & ts.SymbolFlags.Optional) || rules[name]?.optional === true;
      properties[name] = await this.#property(property, owner, rules[name]);
      if (!optional) required.push(name);
    }
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(required.length > 0 && { required }),
      ...(index !== undefined && { additionalProperties: await this.#additional(index.type) }),
    };
  }

  async #property(property, owner, rules) {
    const all = this.checker.getTypeOfSymbol(property);
    const types = all.isUnion() ? all.types.filter(({ flags }) => !(flags & TypeFlags.Undefined)) : [all];
    const isWhole = !all.isUnion() || types.length === all.types.length;
    let schema = isWhole ? await this.of(all, owner, property.name) : types.length === 1 ? await this.of(types[0], owner, property.name) : withFacts(await this.#union(types, owner, property.name), owner, property.name);
    if (rules !== undefined) schema = withRules(schema, rules, owner, property.name);
    const { text, tags } = this.declarations.commentOf(property);
    const example = tags.find(({ name }) => name === 'example');
    return { ...(text !== '' && { description: text }), ...schema, ...(example !== undefined && { examples: [JSON.parse(example.text)] }) };
  }

  async #additional(type) {
    const schema = await this.of(type);
    return Object.keys(schema).length === 0 ? true : schema;
  }

  /** Those of class-validator, for a class. */
  async #rules(type) {
    if (!type.isClass()) return {};
    const file = this.declarations.fileOf(type.symbol);
    if (file === undefined) return {};
    const module = await import(pathToFileURL(join(this.declarations.directory, file.replace(/\.d\.ts$/, '.js'))).href);
    return rulesOf(module[type.symbol.name]);
  }
}

/** As one would write them: the checker lists a type's own properties first. */
function inheritedFirst(type, properties) {
  const isOwn = ({ parent }) => parent === type.symbol;
  return [...properties.filter((property) => !isOwn(property)), ...properties.filter(isOwn)];
}

function withRules(schema, { value, items, byDefault, conditional }, owner, field) {
  const { type, ...keywords } = value;
  const ruled = withFacts({ ...schema, ...keywords, ...(schema.type === undefined || (schema.type === 'number' && type !== undefined) ? type !== undefined && { type } : {}), ...(schema.items !== undefined && { items: { ...schema.items, ...items } }) }, owner, field);
  // What class-validator says of numbers is more exact than what the field's name does.
  if (type === 'integer' || type === 'number') ruled.type = type;
  const { examples, ...rules } = ruled;
  const accepted = conditional ? { anyOf: [{ const: byDefault }, rules], ...(examples !== undefined && { examples }) } : ruled;
  return byDefault === undefined ? accepted : { ...accepted, default: byDefault };
}

/** What JSON text is the text of (`JsonText<T>`); undefined for every other type. */
function textOf(type) {
  return type.aliasSymbol?.name === 'JsonText' ? type.aliasTypeArguments?.[0] : undefined;
}
