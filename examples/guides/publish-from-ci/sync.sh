# What does not change under its name, then what does, then the pages.
aws s3 sync public "s3://$BUCKET" --no-follow-symlinks --exclude '*' --include 'assets/*' \
  --cache-control 'public, max-age=31536000, immutable'
aws s3 sync public "s3://$BUCKET" --no-follow-symlinks --exclude 'assets/*' --exclude '*.html' \
  --cache-control 'public, max-age=3600'
aws s3 sync public "s3://$BUCKET" --no-follow-symlinks --exclude '*' --include '*.html' --cache-control 'no-cache'
# What the build has no more. Name everything that others put there.
aws s3 sync public "s3://$BUCKET" --no-follow-symlinks --delete --exclude '.spinup/*' --exclude 'manual/*'
aws cloudfront create-invalidation --distribution-id "$DISTRIBUTION_ID" --paths '/*'
