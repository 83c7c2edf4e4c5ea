// The words of random questions: few, so that policies and requests meet about half of the time, and among them
// everything that is malformed, a boundary case or easily taken for something else. In actions and resources `~` stands
// for 120 characters: with them a text is longer than what indexes and buffers look at.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace iamlocal::naive::vocabulary {

using Word = std::string_view;

inline constexpr Word actions[] = {"s3:GetObject",
                                   "s3:PutObject",
                                   "iam:GetUser",
                                   "iam:PassRole",
                                   "sts:AssumeRole",
                                   "dynamodb:GetItem",
                                   "dynamodbstreams:GetItem",
                                   "s3-object-lambda:GetObject",
                                   "dynamodb:Get~"};

inline constexpr Word action_patterns[] = {"*",
                                           "s3:*",
                                           "s3:Get*",
                                           "s3:PutObject",
                                           "S3:getOBJECT",
                                           "iam:*",
                                           "iam:Get?ser",
                                           "IAM:pass*",
                                           "sts:AssumeRole",
                                           "sts:*",
                                           "*:*",
                                           "s3:*Object",
                                           "s3:??tObject",
                                           "iam:",
                                           "s*:*",
                                           "GetObject",
                                           "s3:Get Object",
                                           "s3:GetObject*",
                                           "s3:*:*",
                                           "**",
                                           "*:Get*",
                                           "s3:${str:name}",
                                           "iam:*e*",
                                           "s3:?*t?b*t",
                                           "sts:assume*",
                                           "dynamodb:*",
                                           "dynamodb:GetItem",
                                           "dynamodbstreams:Get*",
                                           "dynamodb:?et*",
                                           "DynamoDBStreams:GetItem",
                                           "s3-object-lambda:*",
                                           "dynamodb:Get~",
                                           "dynamodb:Get~*",
                                           "dynamodb:Get~b",
                                           "dynamodb:Get~a",
                                           "dynamodb:*xxx"};

inline constexpr Word resources[] = {"arn:aws:s3:::bucket/alice/doc",
                                     "arn:aws:s3:::bucket",
                                     "arn:aws:iam::111111111111:user/alice",
                                     "arn:aws:iam::111111111111:role/team/dev",
                                     "arn:aws:iam::222222222222:role/dev",
                                     "*",
                                     "arn:aws:s3:::bucket//test/a*b",
                                     "arn:aws:sqs:us-east-1:222222222222:q:alice:${str:name}",
                                     "arn:aws:iam::111111111111:user/",
                                     "arn:aws-cn:s3:::bucket/alice/doc",
                                     "arn:aws:s3:::bücket/älice",
                                     "arn:aws:s3",
                                     "bucket",
                                     "arn:aws:s3:::bucket/~/alice/doc",
                                     "arn:aws:s3:::bucket/~~y/alice",
                                     "arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/doc"};

inline constexpr Word resource_patterns[] = {"*",
                                             "arn:aws:s3:::bucket/*",
                                             "arn:aws:s3:::bucket*",
                                             "arn:aws:iam::*:user/*",
                                             "arn:aws:iam::111111111111:role/*",
                                             "arn:aws:s3:::bucket/${str:name}/*",
                                             "arn:aws:iam::*:user/${str:name}",
                                             "arn:aws:iam::111111111111:*/alice",
                                             "arn:aws:iam::*:role/dev",
                                             "arn:aws:*:*:*:*",
                                             "arn:*:*:*:*:*alice*",
                                             "arn:*",
                                             "arn:aws:s3",
                                             "arn:aws:s3:*",
                                             "arn:aws:i?m",
                                             "**",
                                             "arn:aws:s3:::bucket/?lice/d*c",
                                             "arn:aws:s3:::b?cket/?lice",
                                             "arn:aws:s3:::bucket/*/test/*",
                                             "arn:aws:s3:::bucket//test/a${*}b",
                                             "arn:aws:s3:::bucket/${str:missing}",
                                             "arn:aws:s3:::bucket/${str:missing, 'alice'}/doc",
                                             "arn:aws:s3:::*/${STR:Name, 'bob'}/doc",
                                             "arn:aws:s3:::bucket/${str:many}/*",
                                             "arn:aws:sqs:*:2222*:q:*",
                                             "arn:aws:sqs:us-east-1:222222222222:q:alice:${$}{str:name}",
                                             "arn:aws:sqs:us-east-1:222222222222:q:alice:${str:name",
                                             "arn:aws:${str:name}::111111111111:user/alice",
                                             "ARN:aws:s3:::bucket",
                                             "arn:aws:S3:::*",
                                             "arn:aws:s3::111111111111:bucket/*",
                                             "arn:aws:iam::111111111111:*",
                                             "arn:aws:iam::111111111111:user/",
                                             "${str:missing}",
                                             "",
                                             "arn:aws:s3:::bucket/~/alice/doc",
                                             "arn:aws:s3:::bucket/~/alice/*",
                                             "arn:aws:s3:::bucket/~/alice/dox",
                                             "arn:aws:s3:::bucket/~~y/alice",
                                             "arn:aws:s3:::bucket/~~y/alicex",
                                             "arn:aws:s3:::bucket/~~y/alic?",
                                             "arn:aws:s3:::bucket/~/${str:name}/doc",
                                             "arn:aws:s3:::bucket/~/bob/*",
                                             "arn:aws:s3:::bucket/alice/docs",
                                             "arn:aws:s3:::bucket/alice/doc?",
                                             "arn:aws:*3:::*:*",
                                             "arn:aws:s*::::*",
                                             "arn:*s3:::bucket/alice/doc",
                                             "arn:aws:s3:*:bucket/alice/doc",
                                             "arn:aws:sqs:us-?ast-1:*2:q:alice:*",
                                             "arn:aws:?qs:us-east-1:22*22*2:q:alice:$*",
                                             "*:*:*:*:*:*",
                                             "arn:aws:sqs:us-east-1:222222222222?q:*",
                                             "arn:aws:x:*:111122223333:finance/*",
                                             "arn:aws:x:us-east-2:999999999999:*:finance/doc",
                                             "arn:aws:sqs:*:q:*",
                                             "arn:aws:sqs:us*:q:alice*",
                                             "arn:aws:x:us?east?2:*:s*/d*c"};

/// Pieces of globs and of the texts that they are held against.
inline constexpr Word text_pieces[] = {"a", "b", "/", ":", "*", "é"};
inline constexpr Word glob_pieces[] = {"a", "b", "*", "?", "/", ":", "${*}", "${?}", "${str:name}", "é", "*"};

inline constexpr Word aws_principals[] = {"*",
                                          "111111111111",
                                          "arn:aws:iam::111111111111:root",
                                          "arn:aws:iam::111111111111:user/alice",
                                          "arn:aws:iam::111111111111:role/team/dev",
                                          "arn:aws:sts::111111111111:assumed-role/dev/s1",
                                          "arn:aws:sts::111111111111:federated-user/fred",
                                          "222222222222",
                                          "arn:aws:iam::222222222222:root",
                                          "arn:aws:iam::222222222222:user/bob",
                                          "arn:aws:iam::222222222222:role/dev",
                                          "arn:aws:sts::222222222222:assumed-role/dev/s1",
                                          "AIDAALICE",
                                          "AROADEV",
                                          "AIDABOB",
                                          "arn:aws:iam::111111111111:role/dev",
                                          "arn:aws:iam::111111111111:role/other/dev",
                                          "arn:aws-cn:iam::111111111111:root",
                                          "arn:aws-cn:iam::111111111111:role/dev",
                                          "arn:aws-cn:iam::111111111111:user/alice",
                                          "arn:aws:iam::111111111111:user/*",
                                          "arn:aws:iam::111111111111:user/carol",
                                          "arn:aws:iam::111111111111:user/Alice",
                                          "arn:aws:sts::111111111111:assumed-role/dev/*",
                                          "arn:aws:sts::111111111111:assumed-role/dev",
                                          "accounts.example.com",
                                          "lambda.amazonaws.com",
                                          "${str:name}",
                                          ""};

inline constexpr Word other_principals[] = {"lambda.amazonaws.com", "accounts.example.com",
                                            "arn:aws:iam::111111111111:saml-provider/okta", "LAMBDA.amazonaws.com",
                                            "*"};

/// A family of operators: the keys for it (the last one multivalued), values of requests, and more values of policies.
/// A policy value that starts with `#` is JSON, not a string.
struct Family {
    std::span<const Word> operators;
    std::array<Word, 3> keys;
    std::span<const Word> values;
    std::span<const Word> policy_values;
};

inline constexpr Word string_operators[] = {
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
    "StringLike",   "StringNotLike"};
inline constexpr Word strings[] = {"alice", "Alice", "bob", "",  "al*ce",      "alice/doc",
                                   "é",     "*",     "?",   "$", "${str:name}"};
inline constexpr Word string_patterns[] = {"${str:name}",
                                           "a*",
                                           "?lice",
                                           "*",
                                           "?",
                                           "al${*}ce",
                                           "${?}",
                                           "${$}",
                                           "${str:missing}",
                                           "${str:missing, 'alice'}",
                                           "${str:name, 'bob'}",
                                           "${str:missing, ''}",
                                           "${STR:Name}",
                                           "${str:many}",
                                           "${str:many, 'alice'}",
                                           "${open",
                                           "${str:name}/*",
                                           "*${str:name}*",
                                           "$${str:name}",
                                           "a}b",
                                           "${bool:one}",
                                           "#10",
                                           "#true",
                                           "${}",
                                           "${str:missing,'alice'}",
                                           "${str:missing,  'alice'}",
                                           "${ str:name}",
                                           "${str:missing, 'al'ce'}",
                                           "${str:missing, 'al}ce'}",
                                           "${str:missing, 'al*'}",
                                           "${str:missing, '${str:name}'}",
                                           "${str:name, }",
                                           "${*, 'x'}",
                                           "${**}",
                                           "a${",
                                           "$",
                                           "${str:missing, '}",
                                           "${str:missing, ''x}",
                                           "${str:missing, 'alice' }",
                                           "${str:missing, \"alice\"}",
                                           "${str:name}${str:other}",
                                           "??ic*",
                                           "**",
                                           "*?e",
                                           "{str:name}",
                                           "#10.5",
                                           "#false"};

inline constexpr Word numeric_operators[] = {"NumericEquals",         "NumericNotEquals",   "NumericLessThan",
                                             "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"};
inline constexpr Word numbers[] = {"10",
                                   "10.0",
                                   "9",
                                   "-1",
                                   "0",
                                   "-0.0",
                                   "10.5",
                                   "+10",
                                   "010",
                                   "10.50",
                                   "-10.5",
                                   "0.1",
                                   "99999999999999999999",
                                   "99999999999999999999.5",
                                   "-99999999999999999999.25",
                                   "1e1",
                                   "abc",
                                   "",
                                   " 10",
                                   "5.",
                                   ".5",
                                   "+",
                                   "1.2.3",
                                   "0x10"};
inline constexpr Word number_patterns[] = {"#10", "#10.5", "#-1", "#0", "#true", "${num:one}"};

inline constexpr Word date_operators[] = {"DateEquals",         "DateNotEquals",   "DateLessThan",
                                          "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"};
inline constexpr Word dates[] = {"2024-05-01T12:00:00Z",
                                 "2024-05-01T12:00Z",
                                 "1714564800",
                                 "2024-05-01T14:00:00+02:00",
                                 "2024-05-01T12:00:00.5Z",
                                 "2024-05-01T10:00:00.500-02:00",
                                 "2024-05-01",
                                 "2024-02-29",
                                 "2023-02-29",
                                 "1714564801",
                                 "0",
                                 "1970-01-01T00:00:00Z",
                                 "1969-12-31T23:59:59.5Z",
                                 "1969-12-31T23:59:59.25Z",
                                 "1969-12-31T23:59:59Z",
                                 "2024-05-01T12:00:00.123456789123Z",
                                 "2024-05-01T12:00:00.123456789Z",
                                 "9999-12-31T23:59:59Z",
                                 "garbage",
                                 "",
                                 "2024-05-01T12:00:00",
                                 "2024-13-01",
                                 "2024-05-01T25:00:00Z",
                                 "2024-05-01T12:60Z",
                                 "2024-05-01T12:00:00.Z",
                                 "2024-05-01T12:00:00Zx",
                                 "2024-5-1",
                                 "1714564800x",
                                 "-1",
                                 "-1714564800",
                                 "9223372036854775807",
                                 "9223372036854775808",
                                 "2024-05-01t12:00:00z",
                                 "2024-05-01T12:00:00+0200",
                                 "2024-05-01T24:00:00Z",
                                 "2024-05-01T12:00:60Z",
                                 "2024-05-01T12:00:00+24:00",
                                 "2024-05-01T12:00:00+14:60",
                                 "2024-05-01T12Z",
                                 "2024-05",
                                 "2024",
                                 "20240501T120000Z",
                                 "2024-05-01T12:00:00,5Z",
                                 "2024-05-01 12:00:00Z",
                                 "2024-05-01Z",
                                 "0000-01-01",
                                 " 1714564800",
                                 "2024-05-01T12:00.5Z",
                                 "-",
                                 "1714564800.5",
                                 "+1714564800",
                                 "2024-05-01T12:00-05:30",
                                 "2024-05-01T12:00:00+14:59",
                                 "2024-05-01T12:00:00-15:00",
                                 "2024-06-30T23:59:60Z"};
inline constexpr Word date_patterns[] = {"#1714564800", "#0", "${date:one}"};

inline constexpr Word bool_operators[] = {"Bool"};
inline constexpr Word bools[] = {"true", "false", "True", "FALSE", "yes", "", "1"};
inline constexpr Word bool_patterns[] = {"#true", "#false", "${bool:one}", "${bool:missing}",
                                         "${bool:missing, 'true'}"};

inline constexpr Word binary_operators[] = {"BinaryEquals"};
inline constexpr Word binaries[] = {"QUJD",     "QUI=", "QQ==", "+/8=", "",         "QUI",   "QQ=",    "!!!!", "-_8=",
                                    "QUJDQUJD", "QR==", "Q===", "====", "QUJD====", "QUJD ", "QQ\n==", "A=BC"};
inline constexpr Word binary_patterns[] = {"${bin:one}", "#10"};

inline constexpr Word ip_operators[] = {"IpAddress", "NotIpAddress"};
inline constexpr Word addresses[] = {
    "10.1.2.3",  "10.1.2.4",          "192.168.0.1", "2001:db8::1",     "2001:DB8:0:0:0:0:0:1",
    "::1",       "::ffff:10.1.2.3",   "10.1.2.300",  "10.1.2",          "",
    "abc",       "1:2:3:4:5:6:7:8:9", "1::2::3",     "255.255.255.255", "2001:db8:ffff::",
    "010.1.2.3", "fe80::1%lo",        "1.2.3.4.5",   " 10.1.2.3",       "::1.2.3.4",
    "::",        "10.1.2.3/32",       "0.0.0.0"};
inline constexpr Word ranges[] = {"10.0.0.0/8",      "10.1.2.3/8",
                                  "0.0.0.0/0",       "::/0",
                                  "2001:db8::/32",   "10.1.2.3/32",
                                  "10.1.2.2/31",     "10.1.2.0/24",
                                  "2001:db8::1/128", "2001:db8::/129",
                                  "10.1.2.3/33",     "10.0.0.0/",
                                  "10.0.0.0/-1",     "/8",
                                  "10.0.0.0/8/8",    "10.0.0.0/x",
                                  "2001:db8::5/33",  "::ffff:0:0/96",
                                  "${ip:one}",       "#10",
                                  "10.0.0.0/08",     "10.0.0.0/008",
                                  "10.0.0.0/ 8",     "10.0.0.0/+8",
                                  "::1.2.3.4/128",   "10.0.0.0/4294967304",
                                  "2001:db8::/0",    "0.0.0.0/32"};

inline constexpr Word arn_operators[] = {"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"};

inline constexpr Word null_operators[] = {"Null"};
inline constexpr Word null_values[] = {"true", "false", "TRUE", "#true", "#false", "x", "${bool:one}"};

/// The last is Null's: it takes its keys from the others.
inline constexpr std::array families{
    Family{string_operators, {"str:name", "str:other", "str:many"}, strings, string_patterns},
    Family{numeric_operators, {"num:one", "num:two", "num:many"}, numbers, number_patterns},
    Family{date_operators, {"date:one", "date:two", "date:many"}, dates, date_patterns},
    Family{bool_operators, {"bool:one", "bool:two", "bool:many"}, bools, bool_patterns},
    Family{binary_operators, {"bin:one", "bin:two", "bin:many"}, binaries, binary_patterns},
    Family{ip_operators, {"ip:one", "ip:two", "ip:many"}, addresses, ranges},
    Family{arn_operators, {"arn:one", "arn:two", "arn:many"}, resources, resource_patterns},
    Family{null_operators, {"str:name", "str:missing", "str:many"}, null_values, null_values}};

}  // namespace iamlocal::naive::vocabulary
