// A policy document of a suite: its text, compiled for whatever it is used as, and which of its statements were
// reached.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/document_kind.hpp"
#include "tools/input.hpp"

namespace iamlocal::tools {

class PolicyDocument {
  public:
    /// A statement, and where a reader finds it.
    struct Statement {
        Place place;
        std::string sid;  ///< empty when it has none
        bool reached = false;
    };

    /// @param text its lines and columns are those of `place.file`
    /// @param place of the whole document
    PolicyDocument(std::string text, Place place);

    /// Compiled as a document of that kind. Throws InputError where AWS would refuse it.
    const policy::Policy& as(policy::DocumentKind kind);
    /// Compiled as what it looks like, for a document that nothing uses. Throws InputError as as() does.
    void check();
    /// Throws InputError for a name that AWS does not have, see require_known_names().
    void check_names(std::string_view way_out) const;

    /// What was compiled as that kind: a resource's policy in the form in which its service keeps it.
    [[nodiscard]] const std::string& text(policy::DocumentKind kind) const {
        return kind == policy::DocumentKind::resource ? resource_text_ : text_;
    }
    [[nodiscard]] const Place& place() const { return place_; }
    /// Known once it is compiled.
    [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }
    void reach(std::size_t statement) { statements_.at(statement).reached = true; }

  private:
    std::string text_;
    std::string resource_text_;
    Place place_;
    std::array<std::shared_ptr<const policy::Policy>, 7> compiled_;  ///< by DocumentKind
    std::vector<Statement> statements_;
};

/// All documents of a run. A file is read once, however many suites and names lead to it, so that a statement counts as
/// reached whoever reached it.
class DocumentShelf {
  public:
    /// @param path as it is shown
    /// @param parameters for templates, see read_document()
    PolicyDocument& file(const std::string& path, const TemplateParameters& parameters = {});
    PolicyDocument& inlined(std::string text, Place place);

    [[nodiscard]] std::deque<PolicyDocument>& all() { return documents_; }
    [[nodiscard]] const std::deque<PolicyDocument>& all() const { return documents_; }

  private:
    std::deque<PolicyDocument> documents_;  // a deque, so that references stay good
    std::map<std::pair<std::string, TemplateParameters>, PolicyDocument*> by_path_;
};

}  // namespace iamlocal::tools
