# Description: Where a team is notified: a webhook, a mail, a ticket
$done = @($Result | Where-Object Outcome -EQ Done).Count
Write-Warning "$done of $($Plan.Count) migrations ran before $(${migration}) failed: $($Failure.Id)."
