resource "aws_iam_group" "staff" {
  name = local.first ? "staff" : "people"
  path = local.path
}

resource "aws_iam_group" "more" {
  count = 2
  name  = "more${count.index}"
  path  = local.path
}

resource "aws_iam_group_membership" "staff" {
  name  = "staff"
  group = aws_iam_group.staff.name
  users = local.first ? [aws_iam_user.alice.name, aws_iam_user.bob.name] : [aws_iam_user.bob.name]
}

resource "aws_iam_user_group_membership" "alice" {
  user   = aws_iam_user.alice.name
  groups = local.first ? aws_iam_group.more[*].name : [aws_iam_group.more[1].name]
}

resource "aws_iam_group_policy" "staff" {
  name   = "inline"
  group  = aws_iam_group.staff.name
  policy = data.aws_iam_policy_document.reads.json
}

resource "aws_iam_group_policies_exclusive" "staff" {
  group_name   = aws_iam_group.staff.name
  policy_names = [aws_iam_group_policy.staff.name]
}

resource "aws_iam_group_policy_attachment" "staff" {
  group      = aws_iam_group.staff.name
  policy_arn = aws_iam_policy.reads.arn
}

resource "aws_iam_group_policy_attachments_exclusive" "staff" {
  group_name  = aws_iam_group.staff.name
  policy_arns = [aws_iam_group_policy_attachment.staff.policy_arn]
}
