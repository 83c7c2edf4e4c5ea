# What needs what was made a moment before: a role that trusts a new user, attachments, a profile, a membership.
# test_propagation.py applies it while changes are seen late.
terraform {
  required_providers { aws = { source = "hashicorp/aws", version = "~> 5.0" } }
}
provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
}
resource "aws_iam_user" "bob" { name = "bob" }
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.bob.arn]
    }
  }
}
data "aws_iam_policy_document" "reads" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
resource "aws_iam_role" "deploy" {
  name               = "deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = { team = "red" }
}
resource "aws_iam_policy" "reads" {
  name   = "reads"
  policy = data.aws_iam_policy_document.reads.json
}
resource "aws_iam_role_policy_attachment" "reads" {
  role       = aws_iam_role.deploy.name
  policy_arn = aws_iam_policy.reads.arn
}
resource "aws_iam_role_policy" "inline" {
  role   = aws_iam_role.deploy.name
  policy = data.aws_iam_policy_document.reads.json
}
resource "aws_iam_instance_profile" "box" {
  name = "box"
  role = aws_iam_role.deploy.name
}
resource "aws_iam_group" "staff" { name = "staff" }
resource "aws_iam_user_group_membership" "bob" {
  user   = aws_iam_user.bob.name
  groups = [aws_iam_group.staff.name]
}
resource "aws_iam_user_policy_attachment" "bob" {
  user       = aws_iam_user.bob.name
  policy_arn = aws_iam_policy.reads.arn
}
resource "aws_iam_access_key" "bob" { user = aws_iam_user.bob.name }
