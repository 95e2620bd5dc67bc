from workbook.commercialization.revenue import (
    ai_share_chart,
    cloud_growth_chart,
    cloud_revenue,
    cloud_revenue_chart,
    streak,
    streak_chart,
)
from workbook.commercialization.run_rate import (
    arr_chart,
    arr_points,
    bound_effect,
    guidance,
    implied_growth,
    tokens_needed,
    assumed,
)
