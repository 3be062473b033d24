"""Assessments: findings, recommendations, conclusions and questions read off a run, as values."""
