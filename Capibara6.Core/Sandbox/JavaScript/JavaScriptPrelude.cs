namespace Capibara6.Core.Sandbox.JavaScript;

/// <summary>
/// What code finds beside the language: a console; and bounds where one call of the language makes a text or a buffer of any length,
/// because the interpreter weighs memory between statements only. It keeps hold of all that it uses: code may replace what it likes.
/// </summary>
internal static class JavaScriptPrelude
{
    public const string Text = """
        (function (print, limit) {
          'use strict';
          const { apply, construct, defineProperty } = Reflect;
          const { Number, String, RangeError, Proxy, Math: { max } } = globalThis;
          const stringify = JSON.stringify, tagOf = Object.prototype.toString, isError = Error[Symbol.hasInstance].bind(Error);
          const includes = String.prototype.includes, isArray = Array.isArray;

          const show = value => {
            if (typeof value === 'string') return value;
            if (typeof value === 'function') return '[function ' + (value.name || 'anonymous') + ']';
            if (typeof value !== 'object' || value === null || isError(value)) return String(value);
            try { return stringify(value); } catch { return apply(tagOf, value, []); }
          };
          const log = (...values) => {
            let line = '';
            for (let i = 0; i < values.length; i++) line += (i > 0 ? ' ' : '') + show(values[i]);
            print(line);
          };
          globalThis.console = Object.freeze({ log, info: log, debug: log, warn: log, error: log, trace: log });
          globalThis.print = log;

          const check = length => { if (!(length <= limit)) throw new RangeError('Invalid length: too much memory'); };
          const fix = (owner, name, value) => defineProperty(owner, name, { configurable: false, enumerable: false, writable: false, value });
          const guard = (owner, name, lengthOf) => {
            const inner = owner[name];
            fix(owner, name, { [name](...args) { check(lengthOf(this, args)); return apply(inner, this, args); } }[name]);
          };
          const size = value => String(value ?? ',').length;
          const replaced = (text, [, by]) => {
            if (typeof by === 'function') return 0;
            const [length, with_] = [size(text) + 1, String(by)];
            const whole = apply(includes, with_, ['$']) ? length : 1;
            return length * max(1, with_.length) * whole;
          };
          guard(String.prototype, 'repeat', (text, [count]) => size(text) * Number(count ?? 0));
          guard(String.prototype, 'padStart', (text, [length]) => Number(length ?? 0));
          guard(String.prototype, 'padEnd', (text, [length]) => Number(length ?? 0));
          guard(String.prototype, 'replaceAll', replaced);
          guard(String.prototype, 'replace', (text, args) => typeof args[0] === 'string' && !apply(includes, String(args[1]), ['$']) ? 0 : replaced(text, args));
          guard(String.prototype, 'concat', (text, parts) => {
            let sum = size(text);
            for (let i = 0; i < parts.length; i++) sum += size(parts[i]);
            return sum;
          });

          const join = function join(separator) {
            const by = separator === undefined ? ',' : String(separator);
            const length = this.length;
            let text = '';
            for (let i = 0; i < length; i++) {
              const item = this[i];
              text += (i > 0 ? by : '') + (item === null || item === undefined ? '' : String(item));
              check(text.length);
            }
            return text;
          };
          fix(Array.prototype, 'join', join);
          fix(Array.prototype, 'toString', function toString() { return isArray(this) ? apply(join, this, []) : apply(tagOf, this, []); });

          for (const name of ['ArrayBuffer', 'SharedArrayBuffer', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array',
            'Uint32Array', 'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']) {
            const inner = globalThis[name];
            if (inner === undefined) continue;
            const bounded = new Proxy(inner, {
              construct(target, args, newTarget) {
                const first = args[0];
                check(8 * Number(typeof first === 'object' && first !== null ? first.length ?? 0 : first ?? 0));
                if (typeof args[1] === 'object' && args[1] !== null) check(Number(args[1].maxByteLength ?? 0));
                return construct(target, args, newTarget === bounded ? target : newTarget);
              },
            });
            fix(globalThis, name, bounded);
            fix(inner.prototype, 'constructor', bounded);
          }
          delete ArrayBuffer.prototype.resize;
          delete ArrayBuffer.prototype.transfer;
          delete ArrayBuffer.prototype.transferToFixedLength;
          if (globalThis.SharedArrayBuffer) delete SharedArrayBuffer.prototype.grow;
        })(__print, __limit);
        delete globalThis.__print;
        delete globalThis.__limit;
        """;
}
