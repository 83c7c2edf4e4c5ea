// Whether alice may read two objects, decided by one policy of hers, and why not.
#include <cstdio>
#include <iamlocal/policy.hpp>
#include <string>
#include <variant>

using namespace iamlocal::engine;

constexpr const char* developers = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "OwnBucket",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::dev/${aws:username}/*"
    }
  ]
})";

int main() {
    auto parsed = Document::parse(developers, Type::identity);
    if (const auto* wrong = std::get_if<Malformed>(&parsed)) {
        std::fprintf(stderr, "%zu:%zu: %s\n", wrong->position.line, wrong->position.column, wrong->message.c_str());
        return 1;
    }
    PolicySet policies;
    policies.add(std::get<Document>(parsed), {.name = "developers"});

    Request request;
    request.principal = *Principal::parse("arn:aws:iam::111122223333:user/alice");
    request.action = "s3:GetObject";
    request.context.set_principal_keys(request.principal);
    for (const char* resource : {"arn:aws:s3:::dev/alice/notes", "arn:aws:s3:::dev/bob/notes"}) {
        request.resource = resource;
        const Decision decision = decide(policies, request);
        std::printf("%s: %s\n", resource, std::string(name_of(decision.outcome)).c_str());
        if (!decision.allowed()) std::printf("%s\n", explain(policies, request).to_text().c_str());
    }
}
