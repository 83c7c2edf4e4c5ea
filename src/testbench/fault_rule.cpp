#include "testbench/fault_rule.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "aws/error_statuses.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"

namespace iamlocal::testbench {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t most_fault_body = std::size_t{64} << 10;
constexpr std::size_t longest_pattern = 2048;
constexpr std::size_t longest_message = 1024;
constexpr std::size_t longest_code = 128;
constexpr std::uint64_t most_count = 1'000'000'000;
constexpr policy::GlobSyntax fault_wildcards{.wildcards = true};

struct BadRule {
    std::string why;
};

[[noreturn]] void fail_rule(std::string why) { throw BadRule{std::move(why)}; }

bool is_visible(std::string_view text, std::size_t longest) {
    return !text.empty() && text.size() <= longest &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Takes the members of an object one by one; what is left at the end is not known.
class RuleReader {
  public:
    explicit RuleReader(const Json& object) : object_(object) {
        if (!object.is_object()) fail_rule("a rule is an object");
    }

    std::optional<std::string> text(const char* name, std::size_t longest) {
        const Json* const value = take(name);
        if (value == nullptr) return std::nullopt;
        if (!value->is_string() || !is_visible(value->get_ref<const std::string&>(), longest))
            fail_rule(fmt::format("{} is a text of 1 to {} printable characters of ASCII", name, longest));
        return value->get<std::string>();
    }
    std::optional<std::uint64_t> number(const char* name, std::uint64_t least, std::uint64_t most) {
        const Json* const value = take(name);
        if (value == nullptr) return std::nullopt;
        if (!value->is_number_unsigned() || value->get<std::uint64_t>() < least || value->get<std::uint64_t>() > most)
            fail_rule(fmt::format("{} is a whole number from {} to {}", name, least, most));
        return value->get<std::uint64_t>();
    }
    std::optional<bool> flag(const char* name) {
        const Json* const value = take(name);
        if (value == nullptr) return std::nullopt;
        if (!value->is_boolean()) fail_rule(fmt::format("{} is true or false", name));
        return value->get<bool>();
    }
    std::optional<double> fraction(const char* name) {
        const Json* const value = take(name);
        if (value == nullptr) return std::nullopt;
        if (!value->is_number() || !(value->get<double>() > 0) || value->get<double>() > 1)
            fail_rule(fmt::format("{} is a number above 0 and up to 1", name));
        return value->get<double>();
    }
    void require_no_others() const {
        if (taken_ == object_.size()) return;
        fail_rule(
            "a rule has action, principal, account, probability, seed, count, error, status, message, wait, cut, half "
            "and after, and nothing else");
    }

  private:
    const Json* take(const char* name) {
        const auto found = object_.find(name);
        if (found == object_.end()) return nullptr;
        ++taken_;
        return &*found;
    }

    const Json& object_;
    std::size_t taken_ = 0;
};

/// A pattern that no operation has would be a slip of the pen.
void read_action(RuleReader& reader, FaultRule& rule, std::span<const std::string> operations) {
    const std::optional<std::string> action = reader.text("action", longest_pattern);
    if (!action) return;
    rule.action = *action;
    rule.action_glob = policy::Glob::parse(fold_case(*action), fault_wildcards);
    if (std::none_of(operations.begin(), operations.end(),
                     [&](const std::string& known) { return rule.action_glob->matches(fold_case(known)); }))
        fail_rule(fmt::format("there is no operation {}", *action));
}

void read_whom(RuleReader& reader, FaultRule& rule) {
    if (std::optional<std::string> principal = reader.text("principal", longest_pattern)) {
        if (!principal->starts_with("arn:") && !principal->starts_with('*'))
            fail_rule("principal is an ARN, in which * and ? stand for others");
        rule.principal_glob = policy::Glob::parse(*principal, fault_wildcards);
        rule.principal = *std::move(principal);
    }
    if (const std::optional<std::string> account = reader.text("account", longest_pattern)) {
        if (!ids::is_account_id(*account)) fail_rule("account is twelve digits");
        rule.account = AccountId(*account);
    }
}

void read_error(RuleReader& reader, Fault& fault) {
    const std::optional<std::string> code = reader.text("error", longest_code);
    const std::optional<std::uint64_t> status = reader.number("status", 400, 599);
    const std::optional<std::string> message = reader.text("message", longest_message);
    if (!code) {
        if (status || message) fail_rule("status and message go with error");
        return;
    }
    if (!std::all_of(code->begin(), code->end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
        }))
        fail_rule("error is a code of AWS's, such as Throttling");
    const std::optional<int> known = aws::find_error_status(*code);
    if (!known && !status) fail_rule(fmt::format("{} is no error of IAM or STS that is known; say its status", *code));
    fault.ending = Fault::Ending::error;
    fault.code = *code;
    fault.status = status ? static_cast<int>(*status) : *known;
    fault.message = message ? *message : std::string(aws::usual_error_message(*code));
}

void read_effect(RuleReader& reader, Fault& fault) {
    read_error(reader, fault);
    fault.wait = std::chrono::milliseconds(
        reader.number("wait", 1, static_cast<std::uint64_t>(longest_fault_wait.count())).value_or(0));
    for (const auto& [name, ending] : {std::pair("cut", Fault::Ending::cut), std::pair("half", Fault::Ending::half)}) {
        if (!reader.flag(name).value_or(false)) continue;
        if (fault.ending != Fault::Ending::answer) fail_rule("a rule has one of error, cut and half");
        fault.ending = ending;
    }
    const std::optional<bool> after = reader.flag("after");
    // Half an answer is one of an operation that took effect.
    if (fault.ending == Fault::Ending::half && after == false) fail_rule("half comes after the operation");
    fault.after = after.value_or(fault.ending == Fault::Ending::half);
    if (fault.ending == Fault::Ending::answer && fault.wait.count() == 0)
        fail_rule("a rule has an effect: error, wait, cut or half");
}

FaultRule read_rule(const Json& json, std::span<const std::string> operations) {
    RuleReader reader(json);
    FaultRule rule;
    read_action(reader, rule, operations);
    read_whom(reader, rule);
    rule.probability = reader.fraction("probability").value_or(1);
    rule.seed = reader.number("seed", 0, UINT64_MAX).value_or(0);
    rule.count = reader.number("count", 1, most_count);
    read_effect(reader, rule.fault);
    reader.require_no_others();
    return rule;
}

}  // namespace

std::string Fault::words() const {
    std::string words;
    const auto add = [&](const std::string& more) { words.append(words.empty() ? "" : ", ").append(more); };
    if (wait.count() > 0) add(fmt::format("{} ms later", wait.count()));
    switch (ending) {
        case Ending::answer:
            break;
        case Ending::error:
            add(code);
            break;
        case Ending::cut:
            add("connection cut");
            break;
        case Ending::half:
            add("half of the answer");
            break;
    }
    if (after) add("after the operation");
    return words;
}

std::variant<FaultRule, std::string> parse_fault_rule(const Json& json, std::span<const std::string> operations) {
    try {
        return read_rule(json, operations);
    } catch (const BadRule& bad) {
        return bad.why;
    }
}

std::variant<std::vector<FaultRule>, std::string> parse_fault_rules(std::string_view body,
                                                                    std::span<const std::string> operations) {
    if (body.size() > most_fault_body) return std::string("the body is larger than 64 KiB");
    const Json json = Json::parse(body, nullptr, false);
    if (!json.is_object() || json.size() != 1 || !json.contains("rules") || !json["rules"].is_array())
        return std::string(R"(expected {"rules":[{"action":"iam:Get*","error":"Throttling","count":2}]})");
    if (json["rules"].size() > most_fault_rules) return fmt::format("there may be {} rules", most_fault_rules);
    std::vector<FaultRule> rules;
    for (const Json& item : json["rules"]) {
        auto read = parse_fault_rule(item, operations);
        if (auto* const problem = std::get_if<std::string>(&read))
            return fmt::format("rule {}: {}", rules.size() + 1, *problem);
        rules.push_back(std::get<FaultRule>(std::move(read)));
    }
    return rules;
}

OrderedJson write_fault_rule(const FaultRule& rule) {
    OrderedJson json = OrderedJson::object();
    if (!rule.action.empty()) json["action"] = rule.action;
    if (!rule.principal.empty()) json["principal"] = rule.principal;
    if (rule.account) json["account"] = rule.account->view();
    if (rule.probability < 1) json["probability"] = rule.probability;
    if (rule.probability < 1) json["seed"] = rule.seed;
    if (rule.count) json["count"] = *rule.count;
    const Fault& fault = rule.fault;
    if (fault.ending == Fault::Ending::error) {
        json["error"] = fault.code;
        json["status"] = fault.status;
        if (!fault.message.empty()) json["message"] = fault.message;
    }
    if (fault.wait.count() > 0) json["wait"] = fault.wait.count();
    if (fault.ending == Fault::Ending::cut) json["cut"] = true;
    if (fault.ending == Fault::Ending::half) json["half"] = true;
    if (fault.after) json["after"] = true;
    return json;
}

}  // namespace iamlocal::testbench
