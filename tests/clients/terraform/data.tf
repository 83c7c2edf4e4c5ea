# What is read back, once it is there.
data "aws_caller_identity" "self" {}

data "aws_caller_identity" "session" {
  provider = aws.session
}

data "aws_iam_session_context" "session" {
  arn = data.aws_caller_identity.session.arn
}

data "aws_iam_account_alias" "account" {
  depends_on = [aws_iam_account_alias.account]
}

data "aws_iam_user" "alice" {
  user_name = aws_iam_user.alice.name
}

data "aws_iam_users" "all" {
  path_prefix = local.path
  depends_on  = [aws_iam_user.alice, aws_iam_user.bob]
}

data "aws_iam_access_keys" "alice" {
  user       = aws_iam_user.alice.name
  depends_on = [aws_iam_access_key.alice]
}

data "aws_iam_user_ssh_key" "bob" {
  username          = aws_iam_user.bob.name
  ssh_public_key_id = aws_iam_user_ssh_key.bob.ssh_public_key_id
  encoding          = "SSH"
}

data "aws_iam_group" "staff" {
  group_name = aws_iam_group.staff.name
  depends_on = [aws_iam_group_membership.staff]
}

data "aws_iam_role" "job" {
  name = aws_iam_role.job.name
}

data "aws_iam_roles" "all" {
  path_prefix = local.path
  name_regex  = "^(job|holder)$"
  depends_on  = [aws_iam_role.job, aws_iam_role.holder]
}

data "aws_iam_instance_profile" "box" {
  name = aws_iam_instance_profile.box.name
}

data "aws_iam_instance_profiles" "older" {
  role_name  = aws_iam_role.older.name
  depends_on = [aws_iam_instance_profile.box]
}

data "aws_iam_policy" "reads" {
  name       = "reads"
  depends_on = [aws_iam_policy.reads]
}

data "aws_iam_openid_connect_provider" "ids" {
  url        = "https://id.example.com/tf"
  depends_on = [aws_iam_openid_connect_provider.ids]
}

data "aws_iam_saml_provider" "idp" {
  arn = aws_iam_saml_provider.idp.arn
}

data "aws_iam_server_certificate" "site" {
  name       = aws_iam_server_certificate.site.name
  depends_on = [aws_iam_server_certificate.site]
}

data "aws_iam_principal_policy_simulation" "bob" {
  action_names      = ["s3:GetObject"]
  policy_source_arn = aws_iam_user.bob.arn
  resource_arns     = ["arn:aws:s3:::stage${var.stage}/${aws_iam_user.bob.name}/notes"]
  context {
    key    = "aws:SecureTransport"
    type   = "boolean"
    values = ["true"]
  }
  context {
    key    = "aws:username"
    type   = "string"
    values = [aws_iam_user.bob.name]
  }
  depends_on = [aws_iam_user_policy.bob, aws_iam_user_policy_attachment.bob, aws_iam_group_membership.staff]
}

output "read_back" {
  value = {
    access_keys       = data.aws_iam_access_keys.alice.access_keys[*].status
    alias             = data.aws_iam_account_alias.account.account_alias
    allowed           = data.aws_iam_principal_policy_simulation.bob.all_allowed
    boundary          = data.aws_iam_user.alice.permissions_boundary != ""
    certificate       = data.aws_iam_server_certificate.site.expiration_date
    clients           = sort(data.aws_iam_openid_connect_provider.ids.client_id_list)
    duration          = data.aws_iam_role.job.max_session_duration
    instance_profiles = data.aws_iam_instance_profiles.older.names
    members           = data.aws_iam_group.staff.users[*].user_name
    policy            = sort(jsondecode(data.aws_iam_policy.reads.policy).Statement[0].Resource)[0]
    profile_role      = data.aws_iam_instance_profile.box.role_name == aws_iam_role.job.name
    roles             = sort(data.aws_iam_roles.all.names)
    saml_tags         = data.aws_iam_saml_provider.idp.tags
    self              = data.aws_caller_identity.self.arn
    session           = data.aws_caller_identity.session.arn
    session_role      = data.aws_iam_session_context.session.issuer_arn
    ssh_key           = data.aws_iam_user_ssh_key.bob.status
    users             = sort(data.aws_iam_users.all.names)
  }
}
