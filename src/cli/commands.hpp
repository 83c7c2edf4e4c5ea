// The commands as the help lists them; each prints its own.
#pragma once

namespace iamlocal::cli {

struct NamedHelp {
    const char* name;
    const char* help;
};

inline constexpr NamedHelp commands[] = {
    {"serve", "Serve IAM and STS; what it does without a command, too"},
    {"healthcheck", "Exit with 0 if a server answers at the listening address"},
    {"seed FILE", "Bring a running server to the state that files describe, or try them without one"},
    {"why [ID]", "Let a running server explain a denial: the last one, or that of a request id"},
    {"decisions", "List what a running server decided, or show it as it happens"},
    {"credentials", "Print temporary credentials of a running server, for credential_process"},
    {"token", "Mint a web identity token with a built-in issuer of a running server"},
    {"assertion", "Make a SAML response with a built-in identity provider of a running server"},
    {"validate", "Tell what AWS would refuse in policy documents, and what is unwise"},
    {"simulate", "Decide one request by policies in files, or by a running server's"},
    {"test", "Run suites of expectations about policies"},
    {"import", "Make a seed of a real account, of what the AWS CLI printed of it"},
    {"export", "Write what a running server holds as a seed, or for Terraform"},
    {"help [COMMAND]", "Print this, or the help of a command"},
};

}  // namespace iamlocal::cli
