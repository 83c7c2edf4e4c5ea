resource "aws_iam_user" "alice" {
  name                 = "alice"
  path                 = local.path
  permissions_boundary = local.first ? aws_iam_policy.boundary.arn : null
  force_destroy        = true
  tags                 = local.tags
}

resource "aws_iam_user" "bob" {
  name = local.first ? "bob" : "robert"
  path = local.first ? local.path : "/tf/moved/"
}

resource "aws_iam_access_key" "alice" {
  user   = aws_iam_user.alice.name
  status = local.first ? "Active" : "Inactive"
}

resource "aws_iam_user_login_profile" "bob" {
  user                    = aws_iam_user.bob.name
  password_length         = 24
  password_reset_required = true
  lifecycle {
    ignore_changes = [password_length, password_reset_required]
  }
}

resource "aws_iam_user_policy" "bob" {
  name   = "inline"
  user   = aws_iam_user.bob.name
  policy = data.aws_iam_policy_document.reads.json
}

resource "aws_iam_user_policies_exclusive" "bob" {
  user_name    = aws_iam_user.bob.name
  policy_names = [aws_iam_user_policy.bob.name]
}

resource "aws_iam_user_policy_attachment" "bob" {
  user       = aws_iam_user.bob.name
  policy_arn = aws_iam_policy.reads.arn
}

resource "aws_iam_user_policy_attachments_exclusive" "bob" {
  user_name   = aws_iam_user.bob.name
  policy_arns = [aws_iam_user_policy_attachment.bob.policy_arn]
}

resource "aws_iam_user_ssh_key" "bob" {
  username   = aws_iam_user.bob.name
  encoding   = "SSH"
  public_key = var.ssh_key
  status     = local.first ? "Active" : "Inactive"
}

resource "aws_iam_signing_certificate" "bob" {
  user_name        = aws_iam_user.bob.name
  certificate_body = file("${var.certificates}/rsa.crt")
  status           = local.first ? "Active" : "Inactive"
}

resource "aws_iam_service_specific_credential" "bob" {
  user_name    = aws_iam_user.bob.name
  service_name = "codecommit.amazonaws.com"
  status       = local.first ? "Active" : "Inactive"
}

resource "aws_iam_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
  path                    = local.path
  tags                    = local.tags
}
