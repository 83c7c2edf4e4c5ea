#include "lint/document.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "lint/facts.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

std::vector<const Value*> strings_of(const Value* element) {
    std::vector<const Value*> strings;
    if (!element) return strings;
    if (element->is(Type::string)) strings.push_back(element);
    if (!element->is(Type::array)) return strings;
    for (const Value& item : element->items) {
        if (item.is(Type::string)) strings.push_back(&item);
    }
    return strings;
}

bool is_scalar(const Value& value) {
    return value.is(Type::string) || value.is(Type::number) || value.is(Type::boolean);
}

Action read_action(const Value& value) {
    Action action;
    action.value = &value;
    action.everything = value.text == "*" || value.text == "*:*";
    const std::size_t colon = value.text.find(':');
    if (action.everything || colon == std::string_view::npos) return action;
    action.has_prefix = true;
    action.prefix = fold_case(value.text.substr(0, colon));
    action.name = fold_case(value.text.substr(colon + 1));
    action.service = catalogue::service_reference::find_service(action.prefix);
    if (!action.service) return action;
    if (!action.has_wildcard()) {
        if (const catalogue::Action* found = action.service->find_action(action.name)) action.matches.push_back(found);
        return action;
    }
    for (const catalogue::Action& candidate : action.service->actions) {
        if (matches(action.name, fold_case(candidate.name))) action.matches.push_back(&candidate);
    }
    return action;
}

std::vector<Principal> read_principals(const Value* element) {
    std::vector<Principal> principals;
    if (!element) return principals;
    if (element->is(Type::string)) principals.push_back({{}, element});
    if (!element->is(Type::object)) return principals;
    for (const Value& names : element->items) {
        for (const Value* value : strings_of(&names)) principals.push_back({names.key, value});
    }
    return principals;
}

class Builder {
  public:
    explicit Builder(Document& document) : document_(document) {}

    void read() {
        const Value& root = *document_.root;
        if (!root.is(Type::object)) return;
        document_.version = root.find("Version");
        document_.statement = root.find("Statement");
        if (!document_.statement) return;
        if (document_.statement->is(Type::object)) read_statement(*document_.statement);
        if (!document_.statement->is(Type::array)) return;
        for (const Value& item : document_.statement->items) {
            if (item.is(Type::object)) read_statement(item);
        }
    }

  private:
    void read_statement(const Value& whole) {
        Statement statement;
        statement.whole = &whole;
        statement.sid = whole.find("Sid");
        statement.effect = whole.find("Effect");
        if (statement.effect && statement.effect->is(Type::string)) {
            statement.allows = statement.effect->text == "Allow";
            statement.denies = statement.effect->text == "Deny";
        }
        statement.principal = whole.find("Principal");
        statement.not_principal = whole.find("NotPrincipal");
        statement.action = whole.find("Action");
        statement.not_action = whole.find("NotAction");
        statement.resource = whole.find("Resource");
        statement.not_resource = whole.find("NotResource");
        statement.condition = whole.find("Condition");
        statement.principals = read_principals(statement.principal ? statement.principal : statement.not_principal);
        for (const Value* value : strings_of(statement.action ? statement.action : statement.not_action)) {
            const catalogue::ServiceReference* service = statement.actions.emplace_back(read_action(*value)).service;
            const bool known =
                std::find(statement.services.begin(), statement.services.end(), service) != statement.services.end();
            if (service && !known) statement.services.push_back(service);
        }
        statement.resources = strings_of(statement.resource ? statement.resource : statement.not_resource);
        if (statement.condition && statement.condition->is(Type::object)) read_conditions(statement);
        document_.statements.push_back(std::move(statement));
    }

    void read_conditions(Statement& statement) {
        const Value& element = *statement.condition;
        for (std::size_t i = 0; i < element.items.size(); ++i) {
            const Value& block = element.items[i];
            if (!block.is(Type::object)) continue;
            const std::size_t operator_at = document_.key_position(element, i);
            const std::optional<policy::OperatorName> op = policy::parse_operator(block.key);
            for (std::size_t k = 0; k < block.items.size(); ++k) {
                Condition condition;
                condition.operator_text = block.key;
                condition.operator_at = operator_at;
                condition.op = op;
                condition.key = block.items[k].key;
                condition.folded_key = fold_case(block.items[k].key);
                condition.key_at = document_.key_position(block, k);
                condition.value = &block.items[k];
                if (condition.value->is(Type::array)) {
                    for (const Value& item : condition.value->items) {
                        if (is_scalar(item)) condition.values.push_back(&item);
                    }
                }
                if (is_scalar(*condition.value)) condition.values.push_back(condition.value);
                condition.known = find_key(statement, condition.folded_key);
                statement.conditions.push_back(std::move(condition));
            }
        }
    }

    Document& document_;
};

}  // namespace

bool Action::covers(std::string_view action_prefix, std::string_view action_name) const {
    return everything || (has_prefix && prefix == action_prefix && lint::matches(name, action_name));
}

const Condition* Statement::find_condition(std::string_view folded_key) const {
    const auto found = std::find_if(conditions.begin(), conditions.end(),
                                    [&](const Condition& entry) { return entry.folded_key == folded_key; });
    return found == conditions.end() ? nullptr : &*found;
}

bool Document::is_identity_like() const {
    return kind == DocumentKind::identity || kind == DocumentKind::boundary || kind == DocumentKind::session;
}

bool Document::has_variables() const { return version && version->text == "2012-10-17"; }

std::size_t Document::key_position(const Value& object, std::size_t i) const {
    return text.find('"', i == 0 ? object.begin + 1 : object.items[i - 1].end);
}

Document Document::read(std::string_view text, const Value& root, DocumentKind kind) {
    Document document;
    document.text = text;
    document.kind = kind;
    document.root = &root;
    Builder(document).read();
    return document;
}

}  // namespace iamlocal::lint
