data "aws_iam_policy_document" "reads" {
  statement {
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["arn:aws:s3:::stage${var.stage}", "arn:aws:s3:::stage${var.stage}/$${aws:username}/*"]
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }
  }
}

data "aws_iam_policy_document" "boundary" {
  statement {
    not_actions = ["organizations:*"]
    resources   = ["*"]
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = local.first ? ["sts:AssumeRole"] : ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.bob.arn]
    }
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "reads" {
  name        = "reads"
  path        = local.path
  description = "What the stage reads"
  policy      = data.aws_iam_policy_document.reads.json
  tags        = local.tags
}

resource "aws_iam_policy" "boundary" {
  name_prefix = "boundary-"
  path        = local.path
  policy      = data.aws_iam_policy_document.boundary.json
}

resource "aws_iam_policy" "shared" {
  name   = "shared"
  path   = local.path
  policy = data.aws_iam_policy_document.boundary.json
}

resource "aws_iam_policy_attachment" "shared" {
  name       = "shared"
  policy_arn = aws_iam_policy.shared.arn
  users      = local.first ? [aws_iam_user.alice.name] : []
  groups     = aws_iam_group.more[*].name
  roles      = local.first ? [] : [aws_iam_role.holder.name]
}
