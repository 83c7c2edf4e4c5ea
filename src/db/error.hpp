// What the database refuses in a way that callers can act on.
#pragma once

#include <stdexcept>
#include <string>

namespace iamlocal::db {

/// A constraint of the schema stopped a statement. Callers check first, to give AWS's message; this is the second
/// line, for the race they lost.
class ConstraintViolation : public std::runtime_error {
  public:
    enum class Kind { unique, foreign_key, other };
    ConstraintViolation(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
    Kind kind() const { return kind_; }

  private:
    Kind kind_;
};

/// The transaction stood in another one's way and was given up. Nothing of it happened: do it again.
class SerializationFailure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The database cannot be reached, or does not answer in time.
class Unavailable : public std::runtime_error {
  public:
    /// `nothing_happened`: the transaction had not been told to commit; `unknown`: the answer to that is missing.
    enum class Outcome { nothing_happened, unknown };
    Unavailable(const std::string& what, Outcome outcome) : std::runtime_error(what), outcome_(outcome) {}
    Outcome outcome() const { return outcome_; }

  private:
    Outcome outcome_;
};

/// A text that the database cannot hold: a NUL byte, or bytes that are not UTF-8. SQLite holds any.
class UnstorableText : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The database cannot be used; what() is one sentence for the person who started the program.
class CannotOpen : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace iamlocal::db
