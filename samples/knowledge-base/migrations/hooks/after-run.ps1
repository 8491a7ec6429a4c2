# Description: Says how long it took
$total = ($Result | Measure-Object { $_.Duration.TotalMilliseconds } -Sum).Sum
"{0} migrations in {1:0} ms: {2}" -f $Result.Count, $total, ($Result.Name -join ', ')
