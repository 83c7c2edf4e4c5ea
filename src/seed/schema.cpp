#include "seed/schema.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "aws/quotas.hpp"
#include "base/json_text.hpp"
#include "seed/model.hpp"

namespace iamlocal::seed {
namespace {

using Json = nlohmann::ordered_json;

Json reference(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

/// Prints the members of one thing; the things in it go into `definitions`.
class SchemaPrinter final : public Members {
  public:
    SchemaPrinter(Json& properties, Json& required, Json& definitions)
        : properties_(properties), required_(required), definitions_(definitions) {}

    void text(const Member& member, Text&, TextForm form) override {
        Json schema = reference("text");
        if (!form.choices.empty())
            schema = {{"enum", std::vector<std::string>(form.choices.begin(), form.choices.end())}};
        if (form.is_secret) schema["writeOnly"] = true;
        add(member, std::move(schema));
    }
    void number(const Member& member, Number&) override { add(member, {{"type", "integer"}}); }
    void flag(const Member& member, Flag&) override { add(member, {{"type", "boolean"}}); }
    void texts(const Member& member, Texts&, TextForm form) override {
        Json item = reference("text");
        if (form.is_secret) item["writeOnly"] = true;
        add(member, {{"type", "array"}, {"items", std::move(item)}, {"uniqueItems", true}});
    }
    void pairs(const Member& member, Pairs&) override {
        add(member, {{"type", "object"}, {"additionalProperties", reference("text")}});
    }
    void document(const Member& member, Document&) override { add(member, reference("policy_document")); }
    void documents(const Member& member, Documents&) override {
        add(member, {{"type", "object"}, {"additionalProperties", reference("policy_document")}});
    }
    void object_or_text(const Member& member, Anything&) override { add(member, {{"type", {"object", "string"}}}); }
    void object(const Member& member, Anything&) override { add(member, {{"type", "object"}}); }

  protected:
    void things(const Member& member, Shape shape, Given&, const Add& describe) override {
        define(shape.name, describe({}));
        switch (shape.form) {
            case Shape::Form::one:
                return add(member, reference(shape.name));
            case Shape::Form::list:
                return add(member, {{"type", "array"}, {"items", reference(shape.name)}});
            case Shape::Form::map: {
                // `alice: ` in YAML says nothing more of her.
                Json& definition = definitions_[shape.name];
                if (!definition.contains("required")) definition["type"] = {"object", "null"};
                return add(member, {{"type", "object"}, {"additionalProperties", reference(shape.name)}});
            }
        }
    }

  private:
    void add(const Member& member, Json schema) {
        if (member.takes_null) schema = {{"anyOf", {std::move(schema), Json{{"type", "null"}}}}};
        schema["description"] = member.what;
        properties_[member.name] = std::move(schema);
        if (member.is_required) required_.push_back(member.name);
    }

    void define(const char* name, const Describe& describe) {
        if (definitions_.contains(name)) return;
        Json properties = Json::object();
        Json required = Json::array();
        SchemaPrinter printer(properties, required, definitions_);
        describe(printer);
        definitions_[name] = {
            {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
        if (!required.empty()) definitions_[name]["required"] = std::move(required);
    }

    Json& properties_;
    Json& required_;
    Json& definitions_;
};

Json quotas_schema() {
    Json properties = Json::object();
    for (std::size_t i = 0; i < aws::quota_count; ++i)
        properties[std::string(aws::name_of(static_cast<aws::Quota>(i)))] = {
            {"type", "integer"}, {"minimum", 0}, {"maximum", aws::Quotas::highest}};
    return {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

}  // namespace

std::string schema() {
    Json properties = Json::object();
    Json required = Json::array();
    Json definitions = {
        {"text", {{"type", {"string", "number", "boolean"}}}},
        {"policy_document",
         {{"anyOf", {Json{{"type", "object"}, {"required", {"Statement"}}}, Json{{"type", "string"}}}}}}};
    SchemaPrinter printer(properties, required, definitions);
    Seed().describe(printer);
    const std::string what = properties["quotas"]["description"];
    properties["quotas"] = quotas_schema();
    properties["quotas"]["description"] = what;
    properties["accounts"]["propertyNames"] = {{"pattern", "^[0-9]{12}$"}};
    const Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                         {"title", "A seed of iamlocal"},
                         {"type", "object"},
                         {"additionalProperties", false},
                         {"properties", std::move(properties)},
                         {"$defs", std::move(definitions)}};
    return json_text(schema, 2) + "\n";
}

}  // namespace iamlocal::seed
