//! Challenges and goals of a player.

use tonic::{Request, Response, Status};

use super::challenge_v1::challenge_service_server::ChallengeService;
use super::challenge_v1::{
    BatchSelectGoalsRequest, ClaimGoalRequest, GetRotationRequest, GetRotationResponse, Goal,
    InitializePlayerRequest, InitializePlayerResponse, ListChallengesRequest,
    ListChallengesResponse, RandomSelectGoalsRequest, SelectGoalsResponse, SetGoalActiveRequest,
};
use crate::admission::Place;
use crate::app::{App, Live};
use crate::failure::Failure;
use crate::operations::{self, BatchSelect, RandomSelect};
use crate::player::Identity;

/// Serves players.
#[derive(Debug, Clone)]
pub struct ChallengeHandler {
    /// The service itself.
    pub app: Live,
    /// How a request says who asks.
    pub identity: Identity,
}

impl ChallengeHandler {
    /// The service as it is when the call begins, who calls, and the place of the call.
    fn begin<'a, T>(
        &'a self,
        request: &'a Request<T>,
    ) -> Result<(App, &'a str, Place<'a>), Failure> {
        let place = self.app.admission.enter()?;
        let user = self.identity.player(request.metadata().as_ref())?;
        Ok((self.app.now(), user, place))
    }
}

#[tonic::async_trait]
impl ChallengeService for ChallengeHandler {
    async fn list_challenges(
        &self,
        request: Request<ListChallengesRequest>,
    ) -> Result<Response<ListChallengesResponse>, Status> {
        let (app, user, _place) = self.begin(&request)?;
        let active_only = request.get_ref().active_only;
        let listing = operations::list(&app, user, active_only).await?;
        Ok(Response::new(listing.view(&app.content).into()))
    }

    async fn initialize_player(
        &self,
        request: Request<InitializePlayerRequest>,
    ) -> Result<Response<InitializePlayerResponse>, Status> {
        let (app, user, _place) = self.begin(&request)?;
        let initialised = operations::initialise(&app, user).await?;
        Ok(Response::new(initialised.into()))
    }

    async fn set_goal_active(
        &self,
        request: Request<SetGoalActiveRequest>,
    ) -> Result<Response<Goal>, Status> {
        let (app, user, _place) = self.begin(&request)?;
        let SetGoalActiveRequest {
            challenge_id,
            goal_id,
            is_active,
        } = request.get_ref();
        let goal = operations::activate(&app, user, challenge_id, goal_id, *is_active).await?;
        Ok(Response::new(goal.into()))
    }

    async fn claim_goal(
        &self,
        request: Request<ClaimGoalRequest>,
    ) -> Result<Response<Goal>, Status> {
        let (app, user, _place) = self.begin(&request)?;
        let ClaimGoalRequest {
            challenge_id,
            goal_id,
        } = request.get_ref();
        let goal = operations::claim(&app, user, challenge_id, goal_id).await?;
        Ok(Response::new(goal.into()))
    }

    async fn batch_select_goals(
        &self,
        request: Request<BatchSelectGoalsRequest>,
    ) -> Result<Response<SelectGoalsResponse>, Status> {
        let (app, user, _place) = self.begin(&request)?;
        let asked = request.get_ref();
        let batch = BatchSelect {
            goal_ids: asked.goal_ids.clone(),
            replace_existing: asked.replace_existing,
        };
        let selected = operations::batch_select(&app, user, &asked.challenge_id, &batch).await?;
        Ok(Response::new(selected.into()))
    }

    async fn random_select_goals(
        &self,
        request: Request<RandomSelectGoalsRequest>,
    ) -> Result<Response<SelectGoalsResponse>, Status> {
        let (app, user, _place) = self.begin(&request)?;
        let asked = request.get_ref();
        let wanted = RandomSelect {
            count: asked.count,
            replace_existing: asked.replace_existing,
            exclude_active: asked.exclude_active,
        };
        let selected = operations::random_select(&app, user, &asked.challenge_id, wanted).await?;
        Ok(Response::new(selected.into()))
    }

    async fn get_rotation(
        &self,
        request: Request<GetRotationRequest>,
    ) -> Result<Response<GetRotationResponse>, Status> {
        let (app, user, _place) = self.begin(&request)?;
        let challenge = &request.get_ref().challenge_id;
        let view = operations::rotation(&app, user, challenge).await?;
        Ok(Response::new(view.into()))
    }
}
