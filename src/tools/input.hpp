// What the commands read: files, and complaints about what stands in them. Everything that is wrong with an input ends
// as one InputError, which a command prints and answers with its exit status for errors.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "policy/document_kind.hpp"

namespace iamlocal::tools {

/// A place in a file. Lines and columns count from 1; a line of 0 means the file as a whole.
struct Place {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;

    /// `file:line:column`, or just the file.
    [[nodiscard]] std::string text() const;
};

/// An input that cannot be used: what() is `file:line:column: message`.
class InputError : public std::runtime_error {
  public:
    explicit InputError(const std::string& message) : std::runtime_error(message) {}
    InputError(const Place& place, std::string_view message);
};

/// A whole file. Throws InputError when it cannot be read or has more than `most` bytes.
[[nodiscard]] std::string read_file(const std::string& path, std::size_t most);

/// As read_file(); the path `-` is standard input.
[[nodiscard]] std::string read_input(const std::string& path, std::size_t most);

/// Values that somebody gives to a template of CloudFormation: by the name of a parameter or of what AWS knows
/// (`AWS::Region`), by a resource (`Bucket`), by an attribute (`Bucket.Arn`), or by the name of an import.
using TemplateParameters = std::map<std::string, std::string, std::less<>>;

/// A policy document compiled for one purpose.
struct LoadedPolicy {
    std::string path;
    std::string text;
    std::shared_ptr<const policy::Policy> policy;  ///< never null
};

/// Reads and compiles a policy document, see read_document(). Throws InputError with AWS's message where it would
/// refuse the document.
[[nodiscard]] LoadedPolicy load_policy(const std::string& path, policy::DocumentKind kind,
                                       const TemplateParameters& parameters = {});

/// Exit statuses of the commands `simulate` and `test`.
enum ExitStatus : int {
    exit_good = 0,   ///< allowed; all expectations hold
    exit_bad = 1,    ///< denied; an expectation does not hold
    exit_error = 2,  ///< arguments or files that cannot be used
};

/// Standard output takes no more: what a command found out is lost, whatever its exit status would say.
class OutputError : public std::runtime_error {
  public:
    explicit OutputError(int error);
    /// The reader went away, as `head` does once it has enough; nobody needs to be told.
    [[nodiscard]] bool hung_up() const { return hung_up_; }

  private:
    bool hung_up_;
};

/// Writes to standard output, all of it. Throws OutputError when it cannot.
void print(std::string_view text);
/// Writes `iamlocal COMMAND: message` to standard error; gives exit_error.
int complain(std::string_view command, std::string_view message);

}  // namespace iamlocal::tools
