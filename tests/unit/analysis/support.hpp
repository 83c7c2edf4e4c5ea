// What the tests of documents as sets share.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "analysis/model.hpp"

namespace iamlocal::analysis {

/// One or two documents that share their names.
class Documents {
  public:
    Model read(std::string_view text, policy::DocumentKind kind = policy::DocumentKind::identity) {
        auto model = Model::read(text, kind, names_);
        if (const auto* error = std::get_if<policy::ParseError>(&model))
            throw std::runtime_error(error->message + " in " + std::string(text));
        return std::get<Model>(std::move(model));
    }

  private:
    std::shared_ptr<VariableNames> names_ = std::make_shared<VariableNames>();
};

/// A document with these statements.
inline std::string document(std::string_view statements) {
    return std::string(R"({"Version":"2012-10-17","Statement":[)").append(statements).append("]}");
}

}  // namespace iamlocal::analysis
