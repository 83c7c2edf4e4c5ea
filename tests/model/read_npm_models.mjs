// Prints what the packages @aws-sdk/client-iam and @aws-sdk/client-sts of a node_modules folder say of AWS's models, as
// JSON in the form of iam.json and sts.json, without constraints, which npm's packages do not have. For distill.py.
//
//     node read_npm_models.mjs FOLDER/node_modules

import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

const modules = path.resolve(process.argv[2]);
const require = createRequire(path.join(modules, "x.js"));

// The first element of a schema says what it is.
const STRUCTURE = 3, UNION = 4, LIST = 1, MAP = 2, ERROR = -3, OPERATION = 9;
const SCALARS = { 0: "string", 1: "integer", 2: "boolean", 4: "timestamp", 21: "blob" };
const LIST_OF = 64, MAP_OF = 128;

/** Names of enums by member, and the order of members, which the schemas lack, from the declarations in TypeScript. */
function interfaces(folder) {
    const found = {};
    const models = path.join(folder, "dist-types/models");
    for (const file of fs.readdirSync(models).filter((name) => /^models_\d+\.d\.ts$/.test(name))) {
        let members;
        for (const line of fs.readFileSync(path.join(models, file), "utf8").split("\n")) {
            const head = /^export (?:interface|declare namespace) (\w+)/.exec(line);
            if (head) members = found[head[1]] = {};
            // Each member of a union stands in an interface of its own, where the others are `never`.
            const member = /^ {4}(\w+)\??: (?:\(?)(\w+)/.exec(line) ?? /^ {8}(\w+): (\w+);/.exec(line);
            if (member) members[member[1]] = member[2];
        }
    }
    return found;
}

function service(name) {
    const folder = path.join(modules, "@aws-sdk", `client-${name}`);
    const sdk = require(`@aws-sdk/client-${name}`);
    const declared = interfaces(folder);
    const structures = {};
    const client = Object.entries(sdk).find(([key]) => key === `${name.toUpperCase()}Client`)[1];
    const config = new client({ region: "us-east-1" }).config;

    /** `inline` spells structures out where they are used; otherwise they are named and stand in `structures`. */
    function describe(schema, inline) {
        if (typeof schema === "function") schema = schema();
        // A schema with traits of the member, such as being sensitive.
        if (Array.isArray(schema) && typeof schema[0] !== "number") return describe(schema[0], inline);
        if (Array.isArray(schema) && schema.length === 2) return describe(schema[0], inline);
        if (typeof schema === "number") {
            if (schema >= MAP_OF) return { type: "map", value: describe(schema - MAP_OF, inline) };
            if (schema >= LIST_OF) return { type: "list", member: describe(schema - LIST_OF, inline) };
            if (!(schema in SCALARS)) throw new Error(`no scalar: ${schema}`);
            return { type: SCALARS[schema] };
        }
        const [kind, , shape, , first, second] = schema;
        if (kind === LIST) return { type: "list", member: describe(first, inline) };
        if (kind === MAP) return { type: "map", value: describe(second, inline) };
        if (kind === 0) return describe(first, inline); // a scalar with traits of its own
        if (kind !== STRUCTURE && kind !== UNION) throw new Error(`no structure: ${shape}`);
        if (inline) return { type: kind === UNION ? "union" : "structure", members: members(schema, inline) };
        if (kind === UNION) throw new Error(`a union in an answer: ${shape}`);
        if (!(shape in structures)) {
            structures[shape] = {};
            structures[shape] = members(schema, inline);
        }
        return { type: "structure", structure: shape };
    }

    function members([, , shape, , names, types, required = 0], inline) {
        const order = Object.keys(declared[shape] ?? {});
        const facts = names.map((member, i) => {
            const { type, ...rest } = describe(types[i], inline);
            const values = sdk[declared[shape]?.[member]];
            const scalar = type === "list" ? rest.member : rest;
            if (values && (scalar.type ?? type) === "string") scalar.enum = Object.values(values);
            return [member, i < required ? { type, required: true, ...rest } : { type, ...rest }];
        });
        return Object.fromEntries(facts.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));
    }

    const codes = {};
    const statuses = {};
    for (const schema of Object.values(sdk).filter((value) => Array.isArray(value) && value[0] === ERROR)) {
        const { awsQueryError: [code, status] = [], httpError } = traits(schema);
        codes[schema[2]] = code ?? schema[2];
        statuses[codes[schema[2]]] = status ?? httpError ?? 400;
    }

    const operations = {};
    const errors = {};
    for (const [, , operation, , input, output] of Object.values(sdk).filter((v) => Array.isArray(v) && v[0] === OPERATION)) {
        const facts = (operations[operation] = { input: {} });
        if (input() !== "unit") facts.input = members(input(), true);
        if (output() !== "unit") facts.output = members(output(), false);
        const declaration = fs.readFileSync(path.join(folder, `dist-types/commands/${operation}Command.d.ts`), "utf8");
        const thrown = [...declaration.matchAll(/@throws \{@link (\w+)\}/g)].map((match) => match[1]);
        facts.errors = thrown.filter((error) => error in codes && !error.endsWith("ServiceException")).map((error) => codes[error]);
        for (const code of facts.errors) errors[code] = statuses[code];
        const schemes = config.httpAuthSchemeProvider({ operation, region: "us-east-1", Region: "us-east-1" });
        if (schemes.some((scheme) => scheme.schemeId === "smithy.api#noAuth")) facts.anonymous = true;
    }

    const { version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    const settings = fs.readFileSync(path.join(folder, "dist-es/runtimeConfig.shared.js"), "utf8");
    return {
        version: /apiVersion: "([^"]+)"/.exec(settings)[1],
        namespace: /xmlNamespace: "([^"]+)"/.exec(settings)[1],
        sources: { [`@aws-sdk/client-${name}`]: version },
        errors,
        structures,
        operations,
    };
}

function traits(schema) {
    return schema[3] && typeof schema[3] === "object" ? schema[3] : {};
}

console.log(JSON.stringify({ iam: service("iam"), sts: service("sts") }));
