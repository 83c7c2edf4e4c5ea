resource "aws_iam_role" "job" {
  name                  = "job"
  path                  = local.path
  description           = "stage ${var.stage}"
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  max_session_duration  = 3600 * var.stage
  permissions_boundary  = local.first ? null : aws_iam_policy.boundary.arn
  force_detach_policies = true
  tags                  = local.tags
}

resource "aws_iam_role_policy" "job" {
  name   = "inline"
  role   = aws_iam_role.job.name
  policy = data.aws_iam_policy_document.reads.json
}

resource "aws_iam_role_policies_exclusive" "job" {
  role_name    = aws_iam_role.job.name
  policy_names = [aws_iam_role_policy.job.name]
}

resource "aws_iam_role_policy_attachment" "job" {
  role       = aws_iam_role.job.name
  policy_arn = "arn:aws:iam::aws:policy/${local.first ? "IAMReadOnlyAccess" : "ReadOnlyAccess"}"
}

resource "aws_iam_role_policy_attachments_exclusive" "job" {
  role_name   = aws_iam_role.job.name
  policy_arns = [aws_iam_role_policy_attachment.job.policy_arn]
}

# The older form, with all of its policies in the role.
resource "aws_iam_role" "older" {
  name_prefix         = "older-"
  path                = local.path
  assume_role_policy  = data.aws_iam_policy_document.trust.json
  managed_policy_arns = [local.first ? aws_iam_policy.reads.arn : aws_iam_policy.boundary.arn]
  inline_policy {
    name   = "inline${var.stage}"
    policy = data.aws_iam_policy_document.reads.json
  }
}

resource "aws_iam_instance_profile" "box" {
  name = "box"
  path = local.path
  role = local.first ? aws_iam_role.job.name : aws_iam_role.older.name
  tags = local.tags
}

resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "tf"
  description      = "stage ${var.stage}"
  tags             = local.tags
}

resource "aws_iam_role" "holder" {
  name               = "holder"
  path               = local.path
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
