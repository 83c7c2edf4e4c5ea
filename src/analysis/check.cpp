#include "analysis/check.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "analysis/callers.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "lint/escalation_paths.hpp"

namespace iamlocal::analysis {
namespace {

using policy::TypeVerdict;

/// Demands on what is asked for.
struct Asked {
    Clauses actions;
    Clauses resources;
    std::vector<Literal> literals;
    bool about_others = false;  ///< not about the caller's own user, whoever that is in the request that is found
};

/// The caller's own user.
constexpr std::array<std::string_view, 2> own_user{"arn:*:iam::*:user/${aws:username}",
                                                   "arn:*:iam::*:user/*/${aws:username}"};

/// Whether a request is about the caller's own user, now that his name is known.
bool is_about_oneself(const Witness& witness) {
    policy::MapContext context;
    for (const auto& [key, values] : witness.context) context.set(key, values);
    const policy::ResourceName resource = policy::ResourceName::of(witness.resource);
    return std::any_of(own_user.begin(), own_user.end(), [&](std::string_view own) {
        return policy::ArnPattern::resource(own, true, policy::ArnPattern::Short::any).matches(resource, context);
    });
}

bool names(const Model& model, const Box& box, const Callers& callers) {
    return !model.has_principals() || model.names_principal(box, callers.front());
}

/// Looks through all Allow statements, for callers of the classes. `is_meant`: whether a statement counts at all.
template <class IsMeant>
Checked look_through(const Model& model, const CallerClasses& classes, const Asked& asked, const IsMeant& is_meant) {
    Checked checked;
    checked.answer = Answer::never;
    if (!classes.are_all) {
        checked.answer = Answer::cannot_tell;
        checked.because = "there are too many principals";
    }
    const auto confirm = [&](const Witness& witness) {
        return witness.ask(model) == TypeVerdict::allow && !(asked.about_others && is_about_oneself(witness));
    };
    for (const Callers& callers : classes.classes) {
        for (const Box& box : model.boxes()) {
            if (!box.allows || !names(model, box, callers) || !is_meant(box)) continue;
            Region region{{&box}, {}, asked.actions, asked.resources, asked.literals};
            for (const Box& other : model.boxes())
                if (!other.allows && names(model, other, callers)) region.outside.push_back(&other);
            Sighting seen = look_for(region, callers, model.names(), model.has_principals(), confirm);
            if (seen.kind == Sighting::Kind::found) {
                checked.answer = Answer::can;
                checked.statement = box.path();
                checked.witness = std::move(seen.witness);
                checked.because.clear();
                return checked;
            }
            if (seen.kind == Sighting::Kind::unknown && checked.answer == Answer::never) {
                checked.answer = Answer::cannot_tell;
                checked.because = fmt::format("{}: {}", box.path(), seen.because);
            }
        }
    }
    return checked;
}

constexpr auto every_statement = [](const Box&) { return true; };

std::shared_ptr<const Clause> action_clause(std::string_view action) {
    return std::make_shared<const Clause>(Clause{{TextPattern::action(action)}, false});
}

CallerClasses classes_of(const Model& model) {
    const Model* const models[] = {&model};
    return caller_classes(models);
}

bool is_open(std::string_view text) { return text.find_first_of("*?$") != std::string_view::npos; }

/// An ARN that names an account, or has no wildcard at all.
bool pins_arn(std::string_view value) {
    if (!is_open(value)) return true;
    for (int colon = 0; colon < 4; ++colon) {
        const std::size_t at = value.find(':');
        if (at == std::string_view::npos) return false;
        value.remove_prefix(at + 1);
    }
    const std::string_view account = value.substr(0, value.find(':'));
    return account.size() == 12 && !is_open(account);
}

/// Whether the network is somebody's, and not most of the world.
bool pins_network(const std::string& value) {
    const auto range = policy::AddressRange::parse(value);
    constexpr unsigned widest_v4 = 8;
    constexpr unsigned widest_v6 = 32;
    return range && range->prefix >= (range->base.v6 ? widest_v6 : widest_v4);
}

/// What stands before the first wildcard is somebody's.
bool pins_beginning(std::string_view value, std::string_view prefix) {
    constexpr std::size_t shortest = 10;
    const std::string_view fixed = value.substr(0, value.find_first_of("*?$"));
    return fixed.starts_with(prefix) && fixed.size() >= prefix.size() + shortest;
}

/// Whether the values of a condition are somebody's in particular, each of them.
bool names_somebody(const Atom& atom) {
    const policy::Family family = atom.condition.name.op->family;
    const std::string& key = atom.condition.key;
    const auto all = [&](const auto& test) { return std::all_of(atom.values.begin(), atom.values.end(), test); };
    if (family == policy::Family::ip) return (key == "aws:sourceip" || key == "aws:vpcsourceip") && all(pins_network);
    if (family != policy::Family::string && family != policy::Family::folded_string && family != policy::Family::arn)
        return false;
    if (key == "aws:principalarn" || key == "aws:sourcearn" || key == "s3:dataaccesspointarn" ||
        key == "aws:sourcevpcarn")
        return all([](const std::string& value) { return pins_arn(value); });
    if (key == "aws:userid")
        return all([](const std::string& value) { return ids::is_account_id(value) || pins_beginning(value, "A"); });
    if (key == "aws:principalorgpaths" || key == "aws:sourceorgpaths")
        return all([](const std::string& value) { return pins_beginning(value, "o-"); });
    constexpr std::array<std::string_view, 9> exact{
        "aws:principalaccount", "aws:principalorgid", "aws:sourceaccount",
        "aws:sourceorgid",      "aws:sourceowner",    "aws:sourcevpc",
        "aws:sourcevpce",       "kms:calleraccount",  "s3:dataaccesspointaccount"};
    return std::find(exact.begin(), exact.end(), key) != exact.end() &&
           all([](const std::string& value) { return !is_open(value); });
}

/// Whether a condition lets somebody in particular pass and nobody else.
bool pins(const Atom& atom) {
    const policy::OperatorName& name = atom.condition.name;
    return !name.op->negated && !name.if_exists && name.quantifier != policy::Quantifier::for_all_values &&
           names_somebody(atom);
}

/// Whether a condition lets everybody pass but somebody in particular.
bool excepts(const Atom& atom) {
    const policy::OperatorName& name = atom.condition.name;
    return name.op->negated && name.quantifier != policy::Quantifier::for_any_value && names_somebody(atom);
}

/// Keys and passwords of one's own are nothing gained.
bool is_about_others(std::string_view action) {
    return action == "createaccesskey" || action == "createloginprofile" || action == "updateloginprofile";
}

/// Every resource but the caller's own user.
std::shared_ptr<const Clause> other_users(const Model& model) {
    auto names = std::make_shared<VariableNames>(model.names());
    Clause clause{{}, true};
    for (const std::string_view own : own_user)
        clause.any.push_back(TextPattern::resource(own, policy::DocumentKind::identity, true, *names));
    return std::make_shared<const Clause>(std::move(clause));
}

}  // namespace

std::string_view name_of(Answer answer) {
    switch (answer) {
        case Answer::never:
            return "never";
        case Answer::can:
            return "can";
        case Answer::cannot_tell:
            break;
    }
    return "cannot tell";
}

std::vector<Checked> check_access(const Model& model, const std::vector<std::string>& actions,
                                  const std::vector<std::string>& resources) {
    const CallerClasses classes = classes_of(model);
    Clauses resource_demands;
    if (!resources.empty()) {
        Clause any;
        VariableNames none;
        for (const std::string& resource : resources)
            any.any.push_back(TextPattern::resource(resource, policy::DocumentKind::identity, false, none));
        resource_demands.push_back(std::make_shared<const Clause>(std::move(any)));
    }
    std::vector<Checked> answers;
    for (const std::string& action : actions) {
        const Asked asked{{action_clause(action)}, resource_demands, {}, false};
        Checked& checked = answers.emplace_back(look_through(model, classes, asked, every_statement));
        checked.question = resources.empty() ? action : fmt::format("{} on {}", action, fmt::join(resources, ", "));
    }
    return answers;
}

std::vector<Checked> check_public(const Model& model) {
    const auto is_for_anybody = [](const Box& box) {
        return std::none_of(box.atoms.begin(), box.atoms.end(), [](const auto& atom) { return pins(*atom); });
    };
    // Nor are those whom denials except: what is denied to all but an organization is denied to strangers.
    Asked strangers;
    for (const Box& box : model.boxes())
        for (const auto& atom : box.atoms)
            if (!box.allows && excepts(*atom)) strangers.literals.push_back({atom, Want::yes});
    Checked checked = look_through(model, stranger_classes(model), strangers, is_for_anybody);
    checked.question = "access for anybody";
    return {std::move(checked)};
}

std::vector<Checked> check_escalation(const Model& model) {
    const CallerClasses classes = classes_of(model);
    const auto ask = [&](std::string_view action, bool about_others) {
        Asked asked{{action_clause(action)}, {}, {}, about_others};
        if (about_others) asked.resources.push_back(other_users(model));
        return look_through(model, classes, asked, every_statement);
    };
    std::vector<Checked> answers;
    const Checked passes_role = ask("iam:PassRole", false);
    for (const lint::EscalationPath& path : lint::escalation_paths()) {
        if (path.passes_role && passes_role.answer == Answer::never) continue;
        Checked checked = ask(path.name, is_about_others(path.action));
        if (checked.answer == Answer::never) continue;
        if (path.passes_role && passes_role.answer == Answer::cannot_tell && checked.answer == Answer::can) {
            checked.answer = Answer::cannot_tell;
            checked.because = fmt::format("iam:PassRole: {}", passes_role.because);
        }
        checked.question = fmt::format("escalation by {}{}", path.name, path.passes_role ? " with iam:PassRole" : "");
        if (checked.answer == Answer::can) checked.because = path.how;
        answers.push_back(std::move(checked));
    }
    if (answers.empty()) {
        Checked checked;
        checked.answer = Answer::never;
        checked.question = "escalation";
        answers.push_back(std::move(checked));
    }
    return answers;
}

}  // namespace iamlocal::analysis
