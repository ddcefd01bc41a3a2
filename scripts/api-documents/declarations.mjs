// What the build's declarations (.d.ts) say: types and doc comments.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** What the declarations were compiled with. */
const OPTIONS = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: ['node'],
};

/** The declarations below a directory, as one program. */
export class Declarations {
  constructor(directory) {
    this.directory = directory;
    const roots = readdirSync(directory, { recursive: true }).filter((path) => /(\.controller|[\\/]index)\.d\.ts$/.test(path));
    this.program = ts.createProgram(roots.map((path) => join(directory, path)), OPTIONS);
    this.checker = this.program.getTypeChecker();
  }

  /** The symbol of a class, interface or type, wherever it is declared. @throws Error for a name that is declared nowhere, or twice */
  find(name) {
    return this.#find(name, (statement) => (isTypeDeclaration(statement) ? [statement] : []));
  }

  /** The type of a constant. */
  typeOfConstant(name) {
    const symbol = this.#find(name, (statement) => (ts.isVariableStatement(statement) ? statement.declarationList.declarations : []));
    return this.checker.getTypeOfSymbolAtLocation(symbol, symbol.valueDeclaration);
  }

  #find(name, declarationsOf) {
    const files = this.program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(this.directory));
    const found = files.flatMap(({ statements }) => statements.flatMap(declarationsOf)).filter((declaration) => declaration.name.text === name);
    if (found.length !== 1) throw new Error(`${name} is declared ${found.length} times in ${this.directory}`);
    return this.checker.getSymbolAtLocation(found[0].name);
  }

  /** The type that a name stands for. */
  typeOf(name) {
    return this.checker.getDeclaredTypeOfSymbol(this.find(name));
  }

  /** What a class's method answers with; undefined for nothing. */
  answerOf(className, methodName) {
    const method = this.methodOf(className, methodName);
    const [signature] = this.checker.getTypeOfSymbol(method).getCallSignatures();
    const returned = signature.getReturnType();
    const answer = this.checker.getAwaitedType(returned) ?? returned;
    return answer.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined) ? undefined : answer;
  }

  methodOf(className, methodName) {
    return this.typeOf(className).getProperty(methodName);
  }

  /** The doc comment of a symbol: its text, one line a paragraph, and its tags. */
  commentOf(symbol) {
    const tags = symbol.getJsDocTags(this.checker).map(({ name, text }) => ({ name, text: unwrapped(ts.displayPartsToString(text)) }));
    return { text: unwrapped(ts.displayPartsToString(symbol.getDocumentationComment(this.checker))), tags };
  }

  /** The file, relative to the directory, that declares a symbol; undefined for what is not of the build. */
  fileOf(symbol) {
    const fileName = symbol?.declarations?.[0]?.getSourceFile().fileName;
    return fileName?.startsWith(this.directory) ? fileName.slice(this.directory.length + 1) : undefined;
  }
}

function isTypeDeclaration(statement) {
  return ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
}

/** Lines of a paragraph end where the source's do; links are told by their name. */
function unwrapped(text) {
  return text.replace(/\{@link (\w+)\}/g, '$1').split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s*\n\s*/g, ' ').trim()).join('\n\n').trim();
}
