resource "aws_iam_account_alias" "account" {
  account_alias = "stage-${var.stage}"
}

resource "aws_iam_account_password_policy" "account" {
  minimum_password_length        = 10 + var.stage
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = local.first
  require_symbols                = true
  allow_users_to_change_password = true
  max_password_age               = local.first ? 90 : 0
  password_reuse_prevention      = 5
  hard_expiry                    = local.first
}

resource "aws_iam_security_token_service_preferences" "account" {
  global_endpoint_token_version = local.first ? "v2Token" : "v1Token"
}

resource "aws_iam_organizations_features" "root" {
  enabled_features = local.first ? ["RootCredentialsManagement", "RootSessions"] : ["RootSessions"]
}

resource "aws_iam_openid_connect_provider" "ids" {
  url             = "https://id.example.com/tf"
  client_id_list  = local.first ? ["first", "second"] : ["second", "third"]
  thumbprint_list = [local.first ? "cf23df2207d99a74fbe169e3eba035e633b65d94" : "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"]
  tags            = local.tags
}

resource "aws_iam_saml_provider" "idp" {
  name                   = "idp"
  saml_metadata_document = replace(file(var.metadata), "x--", "stage${var.stage}--")
  tags                   = local.tags
}

resource "aws_iam_server_certificate" "site" {
  name              = "site"
  path              = local.path
  certificate_body  = file("${var.certificates}/leaf.crt")
  private_key       = file("${var.certificates}/leaf.key")
  certificate_chain = file("${var.certificates}/intermediate.crt")
  tags              = local.tags
}
