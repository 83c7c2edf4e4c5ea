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

/// The transaction conflicted with another one and was rolled back. None of it happened; it may be tried again.
class SerializationFailure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The database cannot be reached, or does not answer in time.
class Unavailable : public std::runtime_error {
  public:
    /// `at_once`: the connection broke before the transaction was told to commit, so nothing happened, and a new
    /// connection may do. `later`: there is no connection to be had, the time was over, or the answer to the commit is
    /// missing, so that it may have happened.
    enum class Retry { at_once, later };
    Unavailable(const std::string& what, Retry retry) : std::runtime_error(what), retry_(retry) {}
    bool may_retry_at_once() const { return retry_ == Retry::at_once; }

  private:
    Retry retry_;
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
