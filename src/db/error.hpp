// What the database refuses in a way that callers can act on.
#pragma once

#include <stdexcept>
#include <string>

namespace iamlocal::db {

/// A constraint of the schema stopped a statement. Callers check first, to give AWS's message; this is the second
/// line, for the race they lost. Recognised by SQLite's extended result code.
class ConstraintViolation : public std::runtime_error {
  public:
    enum class Kind { unique, foreign_key, other };
    ConstraintViolation(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
    Kind kind() const { return kind_; }

  private:
    Kind kind_;
};

/// The data directory cannot be used; what() is one sentence for the person who started the program.
class CannotOpen : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace iamlocal::db
