// A policy document as sets: what each statement applies to, dimension by dimension. Beside the compiled document, by
// which every answer is confirmed.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/texts.hpp"
#include "policy/decide.hpp"
#include "policy/document.hpp"
#include "policy/parse.hpp"

namespace iamlocal::analysis {

/// One key under one operator. Two atoms with the same id hold for the same requests.
struct Atom {
    policy::Condition condition;
    std::vector<std::string> values;  ///< as the document has them
    bool variables = false;           ///< whether `${…}` is one in the document
    std::string id;
};

/// One value of Principal or NotPrincipal.
struct PrincipalName {
    std::string type;  ///< `AWS`, `Service`, …; `*` alone is one of AWS
    std::string text;
};

/// A statement: the product of its dimensions.
struct Box {
    std::size_t index = 0;
    std::string sid;
    bool allows = false;
    std::shared_ptr<const Clause> action;
    std::shared_ptr<const Clause> resource;  ///< null: the document has none, as a trust policy
    std::vector<std::shared_ptr<const Atom>> atoms;
    std::vector<PrincipalName> principals;
    std::vector<std::string> actions;    ///< as the document has them
    std::vector<std::string> resources;  ///< the same

    [[nodiscard]] std::string path() const;  ///< `Statement[2]`, with the Sid where it has one
};

/// A document. What it names is numbered in `names`, one for all documents of a question.
class Model {
  public:
    static std::variant<Model, policy::ParseError> read(std::string_view text, policy::DocumentKind kind,
                                                        const std::shared_ptr<VariableNames>& names);
    /// One that allows nothing.
    static Model nothing(policy::DocumentKind kind, const std::shared_ptr<VariableNames>& names);

    [[nodiscard]] policy::DocumentKind kind() const { return policy_->kind; }
    [[nodiscard]] const std::vector<Box>& boxes() const { return boxes_; }
    [[nodiscard]] const VariableNames& names() const { return *names_; }
    [[nodiscard]] const policy::Policy& policy() const { return *policy_; }
    /// Whether statements name principals.
    [[nodiscard]] bool has_principals() const;
    /// Whether a statement names the principal, whatever else it says. By the engine.
    [[nodiscard]] bool names_principal(const Box& box, const policy::Principal& principal) const;

    /// What the document says of a request, by the engine; nothing where that takes too much.
    [[nodiscard]] std::optional<policy::TypeVerdict> judge(const policy::Request& request) const;

  private:
    Model() = default;

    std::shared_ptr<const policy::Policy> policy_;
    std::shared_ptr<VariableNames> names_;
    std::vector<Box> boxes_;
};

}  // namespace iamlocal::analysis
